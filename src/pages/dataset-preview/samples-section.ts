import { formatCount } from '../../words.ts'
import { cutText, escapeHtml, formatName } from './html.ts'

export interface PreviewSample {
  readonly id: string
  readonly caption: string
  /** True when the row is in the validation split. */
  readonly isHeldOut: boolean
  /** `data:` URL of a square picture. */
  readonly image: string
  /** `data:` URL of the picture with its landmarks; null when it has none. */
  readonly overlay: string | null
  readonly conditioning: string
}

const LONGEST_CAPTION = 300
const LONGEST_NAME = 80

export function formatSamples(samples: readonly PreviewSample[]): string {
  return `<div class="samples">\n${samples.map(formatSample).join('\n')}\n</div>`
}

function formatSample({ id, caption, isHeldOut, image, overlay, conditioning }: PreviewSample): string {
  const name = escapeHtml(cutText(id, 80).text)
  const views = [
    formatView(image, 'image', `Picture ${name}`),
    overlay === null ? '' : formatView(overlay, 'landmarks', `Landmarks on ${name}`),
    formatView(conditioning, 'conditioning', `Conditioning image of ${name}`),
  ]
  const tag = isHeldOut ? '<span class="tag">held out</span>' : ''
  return (
    `<figure><div class="views">${views.join('')}</div>` +
    `<figcaption>${formatCaption(caption)}<span class="id"><code>${formatName(id, LONGEST_NAME)}</code>${tag}</span></figcaption></figure>`
  )
}

function formatView(source: string, label: string, alt: string): string {
  return `<div><img src="${source}" alt="${alt}" width="256" height="256"><span>${label}</span></div>`
}

function formatCaption(caption: string): string {
  if (caption === '') return '<em class="dim">empty caption</em>'
  const { text, whole } = cutText(caption, LONGEST_CAPTION)
  const note =
    whole === null ? '' : ` <span class="dim">(cut here: ${formatCount(whole)} characters in all)</span>`
  return `<bdi dir="auto">${escapeHtml(text)}</bdi>${note}`
}
