/** Warnings and next steps on the preview page. */
import { conditionOf } from '../../conditions/index.ts'
import { completeCommands, kitCommand } from '../../next-step.ts'
import { explainFewHeldOut } from '../../dataset/annotations/split-warnings.ts'
import { sumRejects } from '../../dataset/annotations/annotation-summary.ts'
import type { Manifest } from '../../dataset/manifest.ts'
import type { PreviewContent } from './preview-content.ts'
import { formatCount } from '../../words.ts'
import { formatDarkDrawings } from '../../dataset/dark-drawing.ts'
import { adviseUnread, formatUnread } from '../../dataset/sources/source-problem.ts'
import { escapeHtml } from './html.ts'

type Content = Pick<PreviewContent, 'config' | 'invocation' | 'manifest' | 'unread'>

/** Returns warnings as plain text. */
export function listWarnings({ config, manifest, unread = {} }: Content): string[] {
  const { enlarged, train, validation, resolution, dark_conditioning: dark } = manifest
  const rows = train + validation
  const notRead = formatUnread({ unread })
  const few = explainFewHeldOut({ rows, held: validation }, config.dataset.validation.count)
  return [
    ...(notRead === null ? [] : [`Not read: ${notRead}. ${adviseUnread(unread)}`]),
    ...(enlarged > 0
      ? [
          `Enlarged: ${formatCount(enlarged)} of ${formatCount(rows)} pictures, as their crops are smaller than ${resolution} px. Larger pictures or a smaller dataset.resolution avoid that.`,
        ]
      : []),
    ...(dark === undefined ? [] : [formatDarkDrawings(dark, rows)]),
    ...listLongCaptions(manifest),
    ...(few === null ? [] : [few]),
    ...(train < FEW_ROWS
      ? [`${formatCount(train)} training rows are few: a ControlNet learns better from thousands.`]
      : []),
  ]
}

const FEW_ROWS = 500

interface CaptionLengths {
  readonly limit: number
  readonly over_limit: number
  readonly counted: 'exact' | 'estimated'
}

function listLongCaptions({
  train,
  validation,
  captions,
}: Manifest & { captions?: CaptionLengths }): string[] {
  if (!captions || captions.over_limit === 0) return []
  const about = captions.counted === 'estimated' ? 'About ' : ''
  return [
    `${about}${formatCount(captions.over_limit)} of ${formatCount(train + validation)} captions are longer than the ${captions.limit} tokens that the text encoder takes: training cuts them.`,
  ]
}

/** Returns the next steps as HTML. */
export function listNextSteps({ config, invocation, manifest }: Content): string[] {
  const command = (name: 'prepare' | 'plan' | 'train'): string =>
    `<code>${escapeHtml(completeCommands(kitCommand(name), invocation))}</code>`
  return [
    `Look at the samples: ${conditionOf(config.condition.kind).lookFor}.`,
    ...(sumRejects(manifest.rejected) > 0
      ? [
          `Look at what was <a href="#rejects">left out</a>, and correct what is worth it; ${command('prepare')} works on the new pictures only.`,
        ]
      : []),
    `See what training takes: ${command('plan')}.`,
    `Train: ${command('train')}.`,
  ]
}
