/**
 * Describes an annotator. Pure: `open` and `observe` import the code with effects only when they are called. CONTRIBUTING.md
 * tells how to add an annotator.
 */
import type { AnnotatorFact, CatalogModel, Check } from '../types.ts'
import type { OpenLandmarks } from './files/open.ts'
import type { FaceSearch } from './face-search.ts'
import type { ModelSource } from '../tools/models/model-source.ts'

export type Quality = 'best' | 'fast'

interface SharedSpec<Name extends string> {
  /** Name in the config: `spiga`. */
  readonly name: Name
  /** Description in messages: `the nets that ship with the kit`. */
  readonly words: string
  /** The words after `by` in a summary: `1,204 pictures by landmark files`. */
  readonly by: string
  /**
   * Raise it when the same picture gives other landmarks, faces or perceptual hashes. It is part of findings and fingerprints,
   * so pictures are then annotated again.
   */
  readonly version: number
  /** Null for an annotator that ships with the kit. */
  readonly needs: AnnotatorNeeds | null
}

/** An annotator that finds faces in any picture. */
export interface FaceDetectorSpec<Name extends string = string> extends SharedSpec<Name> {
  readonly from: 'picture'
  /** Returns the flags that `annotate` needs to use it, and the cost of one picture. */
  readonly onAnyPicture: (quality: Quality) => AnnotateUse
  readonly open: () => Promise<FaceSearch>
}

/** An annotator that reads existing landmarks. */
export interface LandmarkFileSpec<Name extends string = string> extends SharedSpec<Name> {
  readonly from: 'landmark-files'
  readonly open: () => Promise<OpenLandmarks>
}

export type AnnotatorSpec<Name extends string = string> = FaceDetectorSpec<Name> | LandmarkFileSpec<Name>

interface AnnotateUse {
  readonly flags: Readonly<Partial<Record<'annotator' | 'quality', string>>>
  readonly cost: string
  /** Milliseconds on one core for a picture of 512 px with one face. */
  readonly coreMs: number
}

/** What must be fetched before the annotator can run. */
interface AnnotatorNeeds {
  /** The entry that `models` lists. */
  readonly model: CatalogModel
  readonly openModel: () => Promise<ModelSource>
  readonly observe: () => Promise<AnnotatorFact>
  /** Returns the plan's check; `fact` is null when nothing was observed. */
  readonly check: (fact: AnnotatorFact | null) => Omit<Check, 'path'>
}
