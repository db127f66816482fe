/** `preview.html`: a self-contained page that shows the content of a dataset, the rejected pictures and the next steps. */
import { createHash } from 'node:crypto'
import type { Manifest } from '../../dataset/manifest.ts'
import { formatCharts } from './charts.ts'
import { escapeHtml } from './html.ts'
import type { PreviewContent } from './preview-content.ts'
import { formatRejects } from './rejects-section.ts'
import { formatSamples } from './samples-section.ts'
import { listSettings } from './settings.ts'
import { PREVIEW_STYLE } from './page-style.ts'
import { listNextSteps, listWarnings } from './advice.ts'
import { formatCount, formatMegabytes } from '../../words.ts'
import { sumRejects } from '../../dataset/annotations/annotation-summary.ts'

/** The same content always gives the same page. The page contains no scripts and loads nothing. */
export function formatPreviewPage(content: PreviewContent): string {
  const { config, manifest, statistics, samples, thumbnails, unread } = content
  const name = escapeHtml(config.name)
  const rejects = { groups: statistics.groups(), listed: statistics.listed, thumbnails, unread }
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="referrer" content="no-referrer">
<title>${name}: what the dataset holds</title>
<style>${PREVIEW_STYLE}</style>
</head>
<body>
<header>
<h1>${name}</h1>
<p class="dim">A dataset for training a ControlNet, looked at before training.</p>
${formatCounts(manifest)}
${formatNavigation()}
</header>
<main>
${formatWarnings(listWarnings(content))}
<section id="next"><h2>What to do next</h2>
<ol class="next">${listNextSteps(content)
    .map((step) => `<li>${step}</li>`)
    .join('\n')}</ol></section>
<section id="samples"><h2>Samples</h2>
<p>${samples.length} of ${formatCount(manifest.train + manifest.validation)} rows, evenly spread.</p>
${formatSamples(samples)}</section>
<section id="figures"><h2>How the pictures are spread</h2>
${formatCharts(statistics, manifest)}</section>
<section id="rejects"><h2>Left out</h2>
${formatRejects(rejects)}</section>
<section id="settings"><h2>Settings</h2>
${formatSettings(listSettings(config, manifest))}</section>
</main>
</body>
</html>
`
}

const STYLE_HASH = createHash('sha256').update(PREVIEW_STYLE).digest('base64')
const POLICY = `default-src 'none'; img-src data:; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'`

const SECTIONS = [
  ['next', 'What to do next'],
  ['samples', 'Samples'],
  ['figures', 'Figures'],
  ['rejects', 'Left out'],
  ['settings', 'Settings'],
] as const

function formatNavigation(): string {
  const links = SECTIONS.map(([id, title]) => `<li><a href="#${id}">${title}</a></li>`)
  return `<nav aria-label="Sections"><ul>${links.join('')}</ul></nav>`
}

function formatCounts({ train, validation, rejected, resolution, shards }: Manifest): string {
  const bytes = shards.reduce((sum, shard) => sum + shard.bytes, 0)
  const counts: [name: string, key: string, value: string][] = [
    ['training rows', 'train', formatCount(train)],
    ['validation rows, held out', 'validation', formatCount(validation)],
    ['pictures left out', 'rejected', formatCount(sumRejects(rejected))],
    ['resolution', 'resolution', `${resolution} px`],
    ['on disk', 'bytes', formatMegabytes(bytes)],
  ]
  const items = counts.map(
    ([name, key, value]) => `<div><dt>${name}</dt><dd data-count="${key}">${value}</dd></div>`,
  )
  return `<dl class="counts">${items.join('')}</dl>`
}

function formatWarnings(warnings: readonly string[]): string {
  if (warnings.length === 0) return ''
  const items = warnings.map((warning) => `<li>${escapeHtml(warning)}</li>`)
  return `<section class="warnings" id="warnings"><h2>Worth a look</h2><ul>${items.join('')}</ul></section>`
}

function formatSettings(settings: readonly (readonly [string, string])[]): string {
  const rows = settings.map(
    ([key, value]) => `<tr><th scope="row">${key}</th><td>${escapeHtml(value)}</td></tr>`,
  )
  return `<table class="settings"><caption>As the config sets them</caption><tbody>${rows.join('')}</tbody></table>`
}
