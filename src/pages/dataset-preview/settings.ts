/**
 * Lists the settings that made the dataset, with the config's key names. Paths are left out, because the page may be shared.
 */
import { conditionOf } from '../../conditions/index.ts'
import type { Config } from '../../types.ts'
import type { Manifest } from '../../dataset/manifest.ts'
import { NO_ANNOTATOR } from '../../dataset/annotations/annotation-summary.ts'
import { cutText } from './html.ts'

type Captions = Config['dataset']['captions']

export function listSettings(config: Config, manifest: Manifest): [key: string, value: string][] {
  const { condition, dataset } = config
  const isFace = conditionOf(condition.kind).from === 'landmarks'
  return [
    ['condition', isFace ? `${condition.kind}, drawn as ${condition.style}` : condition.kind],
    ...(manifest.annotator.name === NO_ANNOTATOR
      ? []
      : [['annotator', manifest.annotator.identity] as [string, string]]),
    ['source', Object.keys(dataset.source)[0]!],
    ['crop', dataset.crop],
    ['faces', dataset.faces],
    ['captions', formatCaptions(dataset.captions)],
    ['filters', formatFilters(dataset.filters)],
    ['resolution', `${dataset.resolution} px`],
    ['max_rejects', dataset.max_rejects],
    ['kit', manifest.kit_version],
  ]
}

function formatCaptions(captions: Captions): string {
  const drop = captions.drop > 0 ? `; ${Math.round(captions.drop * 1000) / 10} % left empty` : ''
  return describeCaptions(captions) + drop
}

function describeCaptions(captions: Captions): string {
  if ('template' in captions) return `template “${cutText(captions.template, 200).text}”`
  if ('sidecar' in captions) return `${captions.sidecar} files beside the pictures`
  if ('column' in captions) return `column ${captions.column}`
  if ('model' in captions) return `written by ${captions.model}`
  return 'written by a command'
}

function formatFilters(filters: Config['dataset']['filters']): string {
  return Object.entries(filters)
    .map(([key, value]) => `${key} ${value}`)
    .join(', ')
}
