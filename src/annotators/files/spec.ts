/** The annotator that reads landmark files: beside the pictures, in a folder of their own, or one table for all. */
import type { LandmarkFileSpec } from '../annotator-spec.ts'

export const files: LandmarkFileSpec<'files'> = {
  name: 'files',
  words: 'landmark files',
  by: 'landmark files',
  version: 4,
  needs: null,
  from: 'landmark-files',
  open: async () => (await import('./open.ts')).openLandmarkReader,
}
