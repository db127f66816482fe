/** Faces that the kit generates itself, for the quickstart. */
import { formatCount } from '../../words.ts'
import { formatGeneratedName } from '../../generated-faces/generated-source.ts'
import type { SourceSpec } from '../source-spec.ts'

export const generated: SourceSpec<'generated', 'count'> = {
  kind: 'generated',
  takes: 'count',
  words: 'Make this many face pictures (the quickstart).',
  placeOf: (count) => `{cache}/${formatGeneratedName(count)}`,
  showPlace: (given) => `${given} generated faces`,
  columns: null,
  beside: ['landmarks'],
  hasExactLandmarks: true,
  showsPeople: false,
  expected: 'a number of faces',
  cardWords: (count) => `${formatCount(count)} faces drawn by controlnet-kit; they show nobody.`,
  terms: null,
  made: {
    words: 'generated faces',
    bytesEach: 400_000,
    coreSecondsEach: 0.8,
    open: async () => (await import('./make.ts')).makeFaces,
  },
  open: async () => (await import('./open.ts')).generatedSource,
}
