/**
 * Describes a kind of source. Pure: `open` and `made.open` import the code with effects only when they are called.
 * CONTRIBUTING.md tells how to add a source.
 */
import type { GeneratedFaces } from '../generated-faces/generated-source.ts'
import type { ModelSource } from '../tools/models/model-source.ts'
import type { CatalogModel, Check } from '../types.ts'
import type { SourceModule } from './source-module.ts'
import type { PictureMaker } from './picture-maker.ts'

/** Type of the value in the config: `folder: ./photos`, `hub: user/set`, `generated: 64`. */
export interface Given {
  readonly path: string
  readonly text: string
  readonly faces: GeneratedFaces
}

export interface SourceSpec<Kind extends string = string, Takes extends keyof Given = keyof Given> {
  /** Key in the config: `face_synthetics`. */
  readonly kind: Kind
  /** `path` is a local folder or file. */
  readonly takes: Takes
  /** Description for the reference: `A folder of Parquet files.` */
  readonly words: string
  /** Returns what is wrong with the value in the config; null when it is valid. */
  problemOf?(given: Given[Takes]): string | null
  /** Returns where the pictures are. `absolute` resolves paths of the config; `{cache}` stands for the cache folder. */
  placeOf(given: Given[Takes], absolute: (path: string) => string): string
  /** Returns the place as messages show it. */
  showPlace(given: string): string
  /** Null when the source has no columns for texts and conditioning images. */
  readonly columns: SourceColumns | null
  /** Kinds of sidecar files that may lie beside its pictures. */
  readonly beside: readonly ('captions' | 'landmarks')[]
  /** True when its landmarks are exact, so that an annotator's error can be measured. */
  readonly hasExactLandmarks: boolean
  /** True when the faces are those of real people. */
  readonly showsPeople: boolean
  /** What a user should have put there, for messages. */
  readonly expected: string
  /** Advice when it is missing. */
  whenMissing?(): string
  /** What to do first when the network must not be used. */
  fetchFirst?(given: string): string
  /** Text after `Pictures:` in the dataset card. */
  cardWords(given: Given[Takes]): string
  /** Terms of use of the pictures; null when they are the user's own. */
  readonly terms: SourceTerms | null
  /** Null when the pictures exist already. */
  readonly made: MadePictures<Given[Takes]> | null
  /** Downloads that `models` lists and fetches. */
  readonly downloads?: SourceDownloads
  readonly open: () => Promise<SourceModule<Given[Takes]>>
}

interface SourceDownloads {
  readonly models: readonly CatalogModel[]
  readonly open: () => Promise<ModelSource>
}

interface SourceColumns {
  /** Name in lists: `a folder with metadata`. */
  readonly words: string
  /** True when captions are read from a column by default. */
  readonly haveCaptions: boolean
  /** True when the pictures themselves are cells of a table. */
  readonly havePictures: boolean
}

interface SourceTerms {
  readonly check: Check
  /** Lines for the front matter of the dataset card. */
  readonly cardLicence: readonly string[]
  /** A paragraph for the dataset card. */
  readonly datasetNotice: string
  /** A line for the model card. */
  readonly modelLimit: string
}

/** Pictures that the kit creates before it reads them. */
interface MadePictures<Taken> {
  /** Words after their number: `generated faces`. */
  readonly words: string
  count(given: Taken): number
  /** Approximate size on disk of one picture. */
  bytesEach(given: Taken): number
  /** Approximate seconds on one core to create one picture. */
  coreSecondsEach(given: Taken): number
  readonly open: () => Promise<PictureMaker<Taken>>
}
