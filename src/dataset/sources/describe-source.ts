/** Describes a source in one phrase, for the plan and the closing line of `collect-images`. Pure. */
import { sourceOf } from '../../sources/index.ts'
import type { SourceFact } from '../../types.ts'
import { formatCount } from '../../words.ts'
import { countUnread, formatPlace, formatUnread } from './source-problem.ts'

/** `1,204 pictures in photos/ (3 folders); 12 not read: 8 .heic, 4 .bmp` */
export function describeSource(source: SourceFact): string {
  const { kind, pictures, folders } = source
  const { made } = sourceOf(kind)
  if (made !== null) return `${formatCount(pictures)} ${made.words}`
  if (source.tables !== undefined) return describeTables(source)
  const within = folders > 1 ? ` (${formatCount(folders)} folders)` : ''
  const unread = formatUnread(source)
  const rest = unread === null ? '' : `; ${formatCount(countUnread(source))} not read: ${unread}`
  return `${formatCount(pictures)} ${pictures === 1 ? 'picture' : 'pictures'} in ${formatPlace(source)}${within}${rest}`
}

/** `100,000 pictures in user/set@main, commit 01234567 (63 Parquet files, the train split)` */
function describeTables({ kind, given, pictures, revision, tables }: SourceFact): string {
  const place = revision === null ? formatPlace({ kind, given }) : `${given}, commit ${revision.slice(0, 8)}`
  const { files, note } = tables!
  const which = `${formatCount(files)} Parquet ${files === 1 ? 'file' : 'files'}${note === null ? '' : `, ${note}`}`
  return `${formatCount(pictures)} ${pictures === 1 ? 'picture' : 'pictures'} in ${place} (${which})`
}
