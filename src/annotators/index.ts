/**
 * The list of annotators. To add one, add a folder beside this file and a line in ANNOTATORS (see CONTRIBUTING.md). Pure: no
 * code with effects is loaded.
 */
import type { AnnotatorSpec, FaceDetectorSpec } from './annotator-spec.ts'
import { embedded } from './embedded/spec.ts'
import { files } from './files/spec.ts'
import { spiga } from './spiga/spec.ts'

export type { AnnotatorSpec, FaceDetectorSpec, Quality } from './annotator-spec.ts'

/** The first one is the default. It also annotates new pictures for models whose own annotator only reads files. */
export const ANNOTATORS = [embedded, spiga, files] as const satisfies readonly [
  FaceDetectorSpec,
  ...AnnotatorSpec[],
]

export type AnnotatorName = (typeof ANNOTATORS)[number]['name']

export const ANNOTATOR_NAMES: readonly AnnotatorName[] = ANNOTATORS.map(({ name }) => name)

const DETECTORS: readonly FaceDetectorSpec<AnnotatorName>[] = ANNOTATORS.flatMap(
  (spec: AnnotatorSpec<AnnotatorName>) => (spec.from === 'picture' ? [spec] : []),
)

/** Names of the annotators that accept any picture: the choices of `annotate --annotator`. */
export const DETECTOR_NAMES: readonly AnnotatorName[] = DETECTORS.map(({ name }) => name)

/** Names of the annotators that read existing landmarks. */
export const FILE_READER_NAMES: readonly AnnotatorName[] = ANNOTATORS.flatMap(({ name, from }) =>
  from === 'landmark-files' ? [name] : [],
)

/** The first one is the default. */
export const QUALITIES = ['best', 'fast'] as const

/** Version of the findings of datasets without faces. Raise it when the same picture gives another perceptual hash. */
export const WITHOUT_FACES_VERSION = 2

export function annotatorOf(name: AnnotatorName): AnnotatorSpec<AnnotatorName> {
  return ANNOTATORS.find((spec) => spec.name === name)!
}

/**
 * Returns the annotator that prepares new pictures when the model is used: this one, or the default if this one only reads
 * files.
 */
export function annotatorForAnyPicture(name: AnnotatorName): FaceDetectorSpec<AnnotatorName> {
  return DETECTORS.find((spec) => spec.name === name) ?? ANNOTATORS[0]
}
