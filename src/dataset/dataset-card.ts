/**
 * Writes the dataset's `README.md`. It must not have a `configs:` entry: with one, `datasets` would serve old rows after the
 * files have changed.
 */
import { configuredSource } from '../sources/index.ts'
import type { Config } from '../types.ts'
import { NO_ANNOTATOR } from './annotations/annotation-summary.ts'
import { conditionOf } from '../conditions/index.ts'
import { listVariables } from './captions/caption-template.ts'
import { sumShards, type Manifest, type SplitName } from './manifest.ts'
import { formatRejectCounts } from './annotations/rejects.ts'
import { formatCount } from '../words.ts'

/** `num_examples` must be correct; otherwise the dataset does not load. */
export function formatDatasetCard(config: Config, manifest: Manifest): string {
  return `---\n${formatFrontMatter(config, manifest)}\n---\n\n${formatText(config, manifest)}\n`
}

function formatFrontMatter(config: Config, manifest: Manifest): string {
  const splits = (['train', 'validation'] as const).filter((split) => manifest[split] > 0)
  const total = manifest.shards.reduce((sum, { bytes }) => sum + bytes, 0)
  return [
    ...planLicense(config),
    'dataset_info:',
    '  features:',
    '  - name: image',
    '    dtype: image',
    '  - name: conditioning_image',
    '    dtype: image',
    '  - name: text',
    '    dtype: string',
    '  splits:',
    ...splits.flatMap((split) => formatSplit(split, manifest)),
    `  download_size: ${total}`,
    `  dataset_size: ${total}`,
  ].join('\n')
}

function formatSplit(split: SplitName, { shards }: Manifest): string[] {
  const { rows, bytes } = sumShards(shards, split)
  return [`  - name: ${split}`, `    num_bytes: ${bytes}`, `    num_examples: ${rows}`]
}

function planLicense({ dataset }: Config): string[] {
  return [...(configuredSource(dataset.source).spec.terms?.cardLicence ?? [])]
}

function formatText(config: Config, manifest: Manifest): string {
  const rejects = formatRejectCounts(manifest.rejected)
  return [
    `# ${config.name}`,
    `Pictures${hasFaces(manifest) ? ' of faces' : ''}, and for each the conditioning image that a ControlNet learns to follow.`,
    [
      `- **Rows**: ${formatCount(manifest.train)} to train on, ${formatCount(manifest.validation)} held out.`,
      `- **Columns**: \`image\`, \`conditioning_image\` (both ${manifest.resolution} px square), \`text\`.`,
      `- **Pictures**: ${describeSource(config)}`,
      ...(hasFaces(manifest)
        ? [`- **Landmarks**: 68 iBUG points by \`${manifest.annotator.identity}\`.`]
        : []),
      `- **Conditioning images**: ${describeCondition(config)}.`,
      `- **Crop**: ${manifest.crop}; ${formatCount(manifest.enlarged)} rows were enlarged.`,
      `- **Captions**: ${describeCaptions(config)}${describeLengths(manifest.captions)}`,
      `- **Filters**: ${describeFilters(manifest.filters)}.`,
      `- **Left out**: ${rejects === '' ? 'none' : rejects}.`,
    ].join('\n'),
    ...planNotices(config, manifest),
    `Made by controlnet-kit ${manifest.kit_version}; fingerprint \`${manifest.fingerprint}\`.`,
  ].join('\n\n')
}

function hasFaces({ annotator }: Manifest): boolean {
  return annotator.name !== NO_ANNOTATOR
}

function describeCondition({ condition }: Config): string {
  const { title, from } = conditionOf(condition.kind)
  return from === 'landmarks' ? `${title}, drawn as ${condition.style}` : title
}

function describeSource({ dataset: { source } }: Config): string {
  const { spec, given } = configuredSource(source)
  return spec.cardWords(given)
}

function describeCaptions({ dataset: { captions } }: Config): string {
  if ('template' in captions) {
    const { template } = captions
    return listVariables(template).length === 0
      ? 'the same for every picture.'
      : `\`${template}\`, filled in.`
  }
  if ('model' in captions) return 'written by a model, BLIP.'
  if ('command' in captions) return 'written by a program.'
  if ('column' in captions) return `the column \`${captions.column}\` of the source.`
  return 'from a text file beside each picture.'
}

/** Returns ` The longest has 31 tokens.`, followed by how many captions exceed the text encoder's limit. */
function describeLengths({ longest, limit, over_limit: over, counted }: Manifest['captions']): string {
  if (longest === 0) return ''
  const about = counted === 'estimated' ? 'about ' : ''
  const cut =
    over === 0 ? '' : `; ${formatCount(over)} have more than ${limit}, which are cut off in training`
  return ` The longest has ${about}${longest} tokens${cut}.`
}

const DUPLICATES = { near: 'no near duplicates', exact: 'no exact duplicates', keep: 'duplicates kept' }

function describeFilters(filters: Manifest['filters']): string {
  return [
    DUPLICATES[filters.duplicates],
    filters.cut_faces === 'reject' ? 'no cut faces' : 'cut faces kept',
    ...(filters.max_pose < 180 ? [`faces turned by at most ${filters.max_pose}°`] : []),
    ...(filters.min_confidence > 0 ? [`scores of at least ${filters.min_confidence}`] : []),
    ...(filters.long_captions === 'reject' ? ['no captions too long for the text encoder'] : []),
  ].join(', ')
}

function planNotices({ dataset: { source } }: Config, manifest: Manifest): string[] {
  if (!hasFaces(manifest)) return []
  const { terms, showsPeople } = configuredSource(source).spec
  return [
    ...(terms === null ? [] : [terms.datasetNotice]),
    ...(showsPeople
      ? ['Pictures of faces are biometric data: share them only with the consent of the people shown.']
      : []),
  ]
}
