/** Faces that the kit generates itself, for the quickstart. */
import { formatCount } from '../../words.ts'
import { formatFacesFolder, readFaceSet } from '../../generated-faces/generated-source.ts'
import type { SourceSpec } from '../source-spec.ts'

export const generated: SourceSpec<'generated', 'faces'> = {
  kind: 'generated',
  takes: 'faces',
  words: 'Make face pictures (the quickstart): a number, or count, size and kind.',
  placeOf: (given) => `{cache}/${formatFacesFolder(given)}`,
  showPlace: (given) => `${given} generated faces`,
  columns: null,
  beside: ['captions', 'landmarks'],
  hasExactLandmarks: true,
  showsPeople: false,
  expected: 'a number of faces',
  cardWords: (given) =>
    `${formatCount(readFaceSet(given).count)} faces drawn by controlnet-kit; they show nobody.`,
  terms: null,
  made: {
    words: 'generated faces',
    count: (given) => readFaceSet(given).count,
    bytesEach: (given) => 400_000 * (readFaceSet(given).size / 512) ** 2,
    coreSecondsEach: (given) => 0.035 + 0.765 * (readFaceSet(given).size / 512) ** 2,
    open: async () => (await import('./make.ts')).faceMaker,
  },
  open: async () => (await import('./open.ts')).generatedSource,
}
