/** All annotators. A new one is a folder beside this file and its line in ANNOTATORS: CONTRIBUTING.md. Pure: nothing that acts is loaded. */
import type { AnnotatorSpec, LookingSpec } from './annotator-spec.ts'
import { embedded } from './embedded/spec.ts'
import { files } from './files/spec.ts'
import { spiga } from './spiga/spec.ts'

export type { AnnotatorSpec, LookingSpec, Quality } from './annotator-spec.ts'

/** The first one is the default, and looks at pictures where another one can't. */
export const ANNOTATORS = [embedded, spiga, files] as const satisfies readonly [
  LookingSpec,
  ...AnnotatorSpec[],
]

export type AnnotatorName = (typeof ANNOTATORS)[number]['name']

export const ANNOTATOR_NAMES: readonly AnnotatorName[] = ANNOTATORS.map(({ name }) => name)

const LOOKING: readonly LookingSpec<AnnotatorName>[] = ANNOTATORS.flatMap(
  (spec: AnnotatorSpec<AnnotatorName>) => (spec.from === 'picture' ? [spec] : []),
)

/** Those that take any picture: what `annotate --annotator` takes. */
export const LOOKING_NAMES: readonly AnnotatorName[] = LOOKING.map(({ name }) => name)

/** Those that read landmarks that are there already. */
export const READING_NAMES: readonly AnnotatorName[] = ANNOTATORS.flatMap(({ name, from }) =>
  from === 'landmark-files' ? [name] : [],
)

/** The first one is the default. */
export const QUALITIES = ['best', 'fast'] as const

/** Version of what is found where no faces are looked for: raise it when the same picture gives another likeness. */
export const WITHOUT_FACES_VERSION = 2

export function annotatorOf(name: AnnotatorName): AnnotatorSpec<AnnotatorName> {
  return ANNOTATORS.find((spec) => spec.name === name)!
}

/** The annotator that turns any picture into landmarks when the model is used: this one, or the default where this one reads files. */
export function annotatorForAnyPicture(name: AnnotatorName): LookingSpec<AnnotatorName> {
  return LOOKING.find((spec) => spec.name === name) ?? ANNOTATORS[0]
}
