/** What an annotator says for itself. Pure: `open` and `observe` load what acts when it is to act. CONTRIBUTING.md tells how to add one. */
import type { AnnotatorFact, CatalogModel, Check } from '../types.ts'
import type { OpenLandmarks } from './files/open.ts'
import type { FaceSearch } from './face-search.ts'
import type { ModelSource } from '../tools/models/model-source.ts'

export type Quality = 'best' | 'fast'

interface SharedSpec<Name extends string> {
  /** As in the config: `spiga`. */
  readonly name: Name
  /** For people: `the nets that ship with the kit`. */
  readonly words: string
  /** As in `1,204 pictures by landmark files`. */
  readonly by: string
  /**
   * Raise it when the same picture gives other landmarks, faces or likenesses. Findings and fingerprints hold it, so pictures
   * are then looked at anew.
   */
  readonly version: number
  /** Null when it ships with the kit. */
  readonly needs: AnnotatorNeeds | null
}

/** Looks at any picture. */
export interface LookingSpec<Name extends string = string> extends SharedSpec<Name> {
  readonly from: 'picture'
  /** Flags of `annotate` that make it look, and what a picture costs: `100 ms of one core a 512 px picture`. */
  readonly onAnyPicture: (quality: Quality) => AnnotateUse
  readonly open: () => Promise<FaceSearch>
}

/** Reads landmarks that are there already. */
export interface ReadingSpec<Name extends string = string> extends SharedSpec<Name> {
  readonly from: 'landmark-files'
  readonly open: () => Promise<OpenLandmarks>
}

export type AnnotatorSpec<Name extends string = string> = LookingSpec<Name> | ReadingSpec<Name>

interface AnnotateUse {
  readonly flags: Readonly<Partial<Record<'annotator' | 'quality', string>>>
  readonly cost: string
  /** Milliseconds of one core for a picture of 512 px with one face. */
  readonly coreMs: number
}

/** What has to be fetched before it can look. */
interface AnnotatorNeeds {
  /** As `models` lists it. */
  readonly model: CatalogModel
  readonly openModel: () => Promise<ModelSource>
  readonly observe: () => Promise<AnnotatorFact>
  /** The plan's check: `fact` is null where nothing was observed. */
  readonly check: (fact: AnnotatorFact | null) => Omit<Check, 'path'>
}
