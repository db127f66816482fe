/** What `models` lists and asks. */
import { formatBytes } from '../words.ts'
import { createPaint } from './style.ts'
import { padText, wrapText } from './text.ts'

export interface ModelRow {
  readonly model: {
    readonly name: string
    readonly title: string
    readonly downloadBytes: number
    readonly licence: string
  }
  readonly cached: { readonly folder: string; readonly sizeBytes: number } | null
}

interface Look {
  readonly color: boolean
  readonly columns: number
}

/** Three lines for each, without a line end. */
export function formatModelTable(rows: readonly ModelRow[], { color }: Look): string {
  const paint = createPaint(color)
  const width = Math.max(...rows.map(({ model }) => model.name.length))
  return rows
    .map(({ model, cached }) => {
      const indent = ' '.repeat(width + 2)
      const state =
        cached === null
          ? `not fetched; ${formatBytes(model.downloadBytes)} to fetch`
          : paint('good', `ready, ${formatBytes(cached.sizeBytes)}`) + paint('dim', `  ${cached.folder}`)
      return [
        `${paint('bold', padText(model.name, width))}  ${model.title}`,
        `${indent}${paint('dim', `licence: ${model.licence}`)}`,
        `${indent}${state}`,
      ].join('\n')
    })
    .join('\n')
}

interface About {
  readonly about: readonly string[]
  readonly terms: string | null
}

export function formatAbout({ about, terms }: About, { columns }: Pick<Look, 'columns'>): string {
  const paragraphs = [...about, ...(terms === null ? [] : [`Terms: ${terms}`])]
  return paragraphs.map((text) => wrapText(text, columns).join('\n')).join('\n\n')
}
