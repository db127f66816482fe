/** What is worth knowing of the pictures before they are looked at. Pure. */
import { formatCount } from '../../words.ts'
import {
  adviseUnread,
  countUnread,
  EXPECTED_PICTURES,
  formatPlace,
  formatUnread,
} from '../../dataset/sources/source-problem.ts'
import type { Check, PlanContext } from '../../types.ts'

/** Also where the dataset is made already: pictures may have been added that change nothing. */
export function checkUnread({ facts: { source } }: PlanContext): Check[] {
  const unread = formatUnread(source)
  if (unread === null || source.pictures === 0) return []
  const count = countUnread(source)
  return [
    {
      code: 'pictures-not-read',
      path: `dataset.source.${source.kind}`,
      status: 'warn',
      found: `${formatCount(count)} more ${count === 1 ? 'picture' : 'pictures'} in ${formatPlace(source)} can't be read: ${unread}`,
      expected: EXPECTED_PICTURES,
      remedy: adviseUnread(source.unread ?? {}),
    },
  ]
}
