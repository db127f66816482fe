/** The annotator that uses the nets shipped with the kit. */
import type { FaceDetectorSpec, Quality } from '../annotator-spec.ts'

/** Milliseconds on one core to read a 512 px JPEG, find one face and draw it. */
const COST_MS: Readonly<Record<Quality, number>> = { best: 100, fast: 60 }

export const embedded: FaceDetectorSpec<'embedded'> = {
  name: 'embedded',
  words: 'the nets that ship with the kit',
  by: 'embedded',
  version: 2,
  needs: null,
  from: 'picture',
  onAnyPicture: (quality) => ({
    flags: quality === 'best' ? {} : { quality },
    cost: `embedded annotator, 0.6 MB, ships with the kit; about ${COST_MS[quality]} ms of one core a 512 px picture`,
    coreMs: COST_MS[quality],
  }),
  open: async () => (await import('./open.ts')).embeddedSearch,
}
