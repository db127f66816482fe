/** `preview.html`: one self-contained page with samples of the dataset and what was left out. */
import type { Manifest } from './manifest.ts'
import { formatCount, formatRejectCounts, type Reject } from './rejects.ts'

export interface PreviewSample {
  readonly id: string
  readonly caption: string
  /** `data:` URLs. */
  readonly image: string
  readonly conditioning: string
}

export interface PreviewReject extends Reject {
  readonly source: string
}

export interface PreviewContent {
  readonly name: string
  readonly manifest: Manifest
  readonly samples: readonly PreviewSample[]
  /** The first of them, when there are many. */
  readonly rejects: readonly PreviewReject[]
}

export function formatPreviewPage({ name, manifest, samples, rejects }: PreviewContent): string {
  const counts = `${formatCount(manifest.train)} train + ${formatCount(manifest.validation)} validation rows`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${escapeHtml(name)}: dataset</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeHtml(name)}</h1>
<p>${counts}, ${manifest.resolution} px; landmarks by ${escapeHtml(manifest.annotator.identity)}.</p>
<main>
${samples.map(formatSample).join('\n')}
</main>
${formatRejects(rejects, manifest)}
</body>
</html>
`
}

const STYLE =
  'body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;color:#222;background:#fff}' +
  'main{display:grid;grid-template-columns:repeat(auto-fill,minmax(21rem,1fr));gap:1.5rem}' +
  'figure{margin:0}figure img{width:50%;vertical-align:top}figcaption,td{overflow-wrap:anywhere}' +
  'code{color:#666}td{padding:.1rem 1rem .1rem 0;vertical-align:top}' +
  '@media(prefers-color-scheme:dark){body{color:#ddd;background:#161616}code{color:#999}}'

function formatSample({ id, caption, image, conditioning }: PreviewSample): string {
  const images = `<img src="${image}" alt="picture"><img src="${conditioning}" alt="conditioning image">`
  return `<figure>${images}<figcaption>${escapeHtml(caption)}<br><code>${escapeHtml(id)}</code></figcaption></figure>`
}

function formatRejects(rejects: readonly PreviewReject[], { rejected }: Manifest): string {
  if (rejects.length === 0) return ''
  const rows = rejects.map(
    ({ source, message }) =>
      `<tr><td><code>${escapeHtml(source)}</code></td><td>${escapeHtml(message)}</td></tr>`,
  )
  return `<h2>Left out: ${escapeHtml(formatRejectCounts(rejected))}</h2>\n<table>\n${rows.join('\n')}\n</table>`
}

/** Control characters have no place in a page, and line breaks none in a name. */
function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  }
  return text.replace(/\p{Cc}/gu, ' ').replace(/[&<>"']/g, (character) => entities[character]!)
}
