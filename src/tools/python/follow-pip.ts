import { parsePipLine, type PipNews } from '../../environment/pip-output.ts'

export type PipNote =
  | {
      readonly type: 'progress'
      readonly done: number
      readonly total: number
      readonly unit: string
      readonly note: string
    }
  | { readonly type: 'log'; readonly message: string }

export interface PipProgress {
  /** Reads pip's output in pieces of any length. */
  readonly read: (text: string) => void
  readonly say: (note: string) => void
}

/** Turns the output of several `pip install` calls into one progress over `total` packages. */
export function followPip(total: number, tell: (note: PipNote) => void): PipProgress {
  const seen = new Set<string>()
  let ignored = 0
  let warned = false
  let rest = ''

  const say = (note: string) =>
    tell({ type: 'progress', done: seen.size, total: total - ignored, unit: 'packages', note })
  const take = (news: PipNews) => {
    if (news.kind === 'collecting') {
      seen.add(normalise(news.name))
      say(news.name)
    }
    if (news.kind === 'downloading') say(`${news.file.split('-')[0]}, ${news.size}`)
    if (news.kind === 'installing') say('unpacking')
    if (news.kind === 'ignored') ignored++
    if (news.kind === 'retrying' && !warned) {
      warned = true
      tell({ type: 'log', message: 'The package index does not answer; pip tries again.' })
    }
  }
  const read = (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop()!
    for (const line of lines) {
      const news = parsePipLine(line)
      if (news !== null) take(news)
    }
  }
  return { read, say }
}

/** Package names may be spelled with dashes, underscores or dots. */
const normalise = (name: string) => name.toLowerCase().replace(/[-_.]+/g, '-')
