/** The section on rejected pictures: some samples for each reason, then a list. */
import type { ExtensionCounts } from '../../formats/pictures/picture-names.ts'
import { adviseUnread, formatUnread } from '../../dataset/sources/source-problem.ts'
import { formatRejectCounts, REJECT_REMEDIES } from '../../dataset/annotations/rejects.ts'
import { formatCount } from '../../words.ts'
import { cutText, escapeHtml, formatName } from './html.ts'
import type { RejectedPicture, RejectGroup } from './preview-statistics.ts'

export interface PreviewRejects {
  readonly groups: readonly RejectGroup[]
  /** The first of the rejected pictures. */
  readonly listed: readonly RejectedPicture[]
  /** Path in the source → `data:` URL; an unreadable picture has none. */
  readonly thumbnails: ReadonlyMap<string, string>
  /** Extension → number of pictures in the source whose format can't be read. */
  readonly unread?: ExtensionCounts | undefined
}

const LONGEST_MESSAGE = 200

export function formatRejects({ groups, listed, thumbnails, unread }: PreviewRejects): string {
  const total = groups.reduce((sum, { count }) => sum + count, 0)
  const others = formatOthers(unread)
  if (total === 0) return others || '<p>Nothing: every picture of the source is in the dataset.</p>'
  const counts = Object.fromEntries(groups.map(({ code, count }) => [code, count]))
  return [
    `<p>${formatCount(total)} of the source's pictures: ${escapeHtml(formatRejectCounts(counts))}.</p>`,
    ...groups.map((group) => formatGroup(group, thumbnails)),
    formatList(listed, total),
    ...(others === '' ? [] : [others]),
  ].join('\n')
}

function formatOthers(unread: ExtensionCounts = {}): string {
  const counts = formatUnread({ unread })
  if (counts === null) return ''
  const what = `pictures that are not read: ${counts}. ${adviseUnread(unread)}`
  return `<p id="not-read">The source also has ${escapeHtml(what)}</p>`
}

function formatGroup({ code, count, samples }: RejectGroup, thumbnails: ReadonlyMap<string, string>): string {
  const shown = samples.length < count ? ` <span class="dim">(${samples.length} of them)</span>` : ''
  return (
    `<section class="reason" data-code="${code}" data-count="${count}"><h3>${escapeHtml(formatRejectCounts({ [code]: count }))}${shown}</h3>` +
    `<p class="dim">What helps: ${escapeHtml(REJECT_REMEDIES[code])}.</p>\n<ul class="gallery">\n` +
    `${samples.map((sample) => formatPicture(sample, thumbnails.get(sample.source))).join('\n')}\n</ul></section>`
  )
}

function formatPicture({ source, rejected }: RejectedPicture, thumbnail: string | undefined): string {
  const name = escapeHtml(cutText(source, 80).text)
  const picture =
    thumbnail === undefined
      ? '<div class="none">no picture to show</div>'
      : `<img src="${thumbnail}" alt="Left out: ${name}" width="192" height="192">`
  return `<li>${picture}<code>${formatName(source, 60)}</code><span class="why">${formatMessage(rejected.message)}</span></li>`
}

function formatList(listed: readonly RejectedPicture[], total: number): string {
  const rows = listed.map(
    ({ source, rejected: { code, message } }) =>
      `<tr><th scope="row"><code>${formatName(source, 160)}</code></th><td><code>${code}</code> · ${formatMessage(message)}</td></tr>`,
  )
  const rest = total - listed.length
  const more = rest > 0 ? `<p>… and ${formatCount(rest)} more in <code>annotations.ndjson</code>.</p>` : ''
  return (
    `<h3>All in a list</h3>\n<table class="list"><caption>Pictures that were left out</caption><thead><tr><th scope="col">Picture</th>` +
    `<th scope="col">Why</th></tr></thead>\n<tbody>\n${rows.join('\n')}\n</tbody></table>${more}`
  )
}

function formatMessage(message: string): string {
  return `<bdi>${escapeHtml(cutText(message, LONGEST_MESSAGE).text)}</bdi>`
}
