/** Ready-made pairs: the source provides the conditioning images. */
import type { Condition } from './condition.ts'

export const images = {
  kind: 'images',
  title: 'your own conditioning images',
  from: 'source',
  version: 1,
  drives: () => 'what your conditioning images show',
  fromAnyPicture: () => null,
  lookFor: 'the conditioning image shows the same picture, and the caption says what is on it',
  render: null,
} as const satisfies Condition
