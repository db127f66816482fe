/** What a kind of source says for itself. Pure: `open` and `made.open` load what acts when it is to act. CONTRIBUTING.md tells how to add one. */
import type { GeneratedFaces } from '../generated-faces/generated-source.ts'
import type { ModelSource } from '../tools/models/model-source.ts'
import type { CatalogModel, Check } from '../types.ts'
import type { SourceModule } from './source-module.ts'
import type { PictureMaker } from './picture-maker.ts'

/** What stands behind the name in the config: `folder: ./photos`, `hub: user/set`, `generated: 64`. */
export interface Given {
  readonly path: string
  readonly text: string
  readonly faces: GeneratedFaces
}

export interface SourceSpec<Kind extends string = string, Takes extends keyof Given = keyof Given> {
  /** As in the config: `face_synthetics`. */
  readonly kind: Kind
  /** A path is the person's own folder or file. */
  readonly takes: Takes
  /** For people: `A folder of Parquet files.` */
  readonly words: string
  /** What is wrong with the text in the config; null: nothing. */
  problemOf?(given: Given[Takes]): string | null
  /** Where the pictures lie. `absolute` resolves paths of the config; `{cache}` stands for the cache folder. */
  placeOf(given: Given[Takes], absolute: (path: string) => string): string
  /** The place as messages show it. */
  showPlace(given: string): string
  /** Columns with texts and conditioning images, and what such a source is called in a list; null: it has none. */
  readonly columns: SourceColumns | null
  /** Files that can lie beside its pictures. */
  readonly beside: readonly ('captions' | 'landmarks')[]
  /** Whether its landmarks are exact, so that an annotator can be measured by them. */
  readonly hasExactLandmarks: boolean
  /** Whether the faces are those of people. */
  readonly showsPeople: boolean
  /** What should be there. */
  readonly expected: string
  /** How to get it, where it is missing. */
  whenMissing?(): string
  /** What to run first where nobody may be asked for it. */
  fetchFirst?(given: string): string
  /** In the dataset's card, behind `Pictures:`. */
  cardWords(given: Given[Takes]): string
  /** Terms that its pictures come under; null: those of the person who has them. */
  readonly terms: SourceTerms | null
  /** Null where the pictures are there already. */
  readonly made: MadePictures<Given[Takes]> | null
  /** What `models` lists and fetches of it. */
  readonly downloads?: SourceDownloads
  readonly open: () => Promise<SourceModule<Given[Takes]>>
}

interface SourceDownloads {
  readonly models: readonly CatalogModel[]
  readonly open: () => Promise<ModelSource>
}

interface SourceColumns {
  /** `a folder with metadata` */
  readonly words: string
  /** Whether captions are one of them unless the config says otherwise. */
  readonly haveCaptions: boolean
  /** Whether the pictures are cells of a table, too. */
  readonly havePictures: boolean
}

interface SourceTerms {
  readonly check: Check
  /** Lines of the dataset card's front matter. */
  readonly cardLicence: readonly string[]
  /** A paragraph of the dataset's card. */
  readonly datasetNotice: string
  /** A line of the model's card. */
  readonly modelLimit: string
}

/** Pictures that the kit makes before it reads them. */
interface MadePictures<Taken> {
  /** Behind their number: `generated faces`. */
  readonly words: string
  count(given: Taken): number
  /** About, on the disk. */
  bytesEach(given: Taken): number
  /** About, of one core. */
  coreSecondsEach(given: Taken): number
  readonly open: () => Promise<PictureMaker<Taken>>
}
