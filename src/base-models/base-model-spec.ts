/** What a kind of base model says for itself. Pure. CONTRIBUTING.md tells how to add one. */
import type { ModelParts } from '../presets/memory-model.ts'
import type { Command, Config, Facts } from '../types.ts'

export interface BaseModelSpec<Given = never> {
  /** The key of `base_model` that tells this kind from the others. */
  readonly kind: string
  /** All keys of `base_model`, that one first. */
  readonly keys: { readonly [Key in keyof Given]: BaseModelKey }
  /** What messages call it. */
  nameOf(given: Given): string
  plan(given: Given, input: BaseModelInput): BaseModelPlan
  /** Where it lies: fetched or made into the cache, in a person's own folder, or in the kit's. */
  readonly lies: 'in-cache' | 'with-person' | 'in-kit'
  /** The repository that it is fetched from; null: the Hub is not asked. */
  hubOf(given: Given): HubModel | null
  /** Fits every card, and is trained for a few hundred steps. */
  readonly isSmall: boolean
  /** What is put into the cache, about; 0 where nothing is. */
  readonly cachedBytes: number
  /** Sizes of its networks, at any resolution; null where its files or its name tell. */
  readonly parts: ModelParts | null
  /** Licence of a ControlNet that began as a copy of its weights. */
  licenceOf(given: Given): Licence
  /** In the model's card, behind `A ControlNet that steers`. `commit`: of its repository, where it has one. */
  cardWords(given: Given, commit: string | null): string
}

export interface BaseModelKey {
  /** A list: one of these words. */
  readonly takes: 'text' | 'path' | readonly string[]
  readonly default?: string
  readonly words: string
}

interface HubModel {
  readonly repo: string
  readonly revision: string
}

export interface Licence {
  /** As the Hub spells it. */
  readonly id: string
  /** For `other`. */
  readonly name?: string
  readonly words: string
}

export interface BaseModelPlan {
  /** In diffusers' layout: `{cache}/base-models/…`, or the person's own folder. */
  readonly folder: string
  /** Beside the folder in the cache; a person's own folder is not written into. */
  readonly stamp: string
  /** Fills `<folder>.partial`; none for a folder that is there. */
  readonly commands: readonly Command[]
  readonly summary: string
}

export interface BaseModelInput {
  readonly config: Pick<Config, 'base_model' | 'train' | 'dataset' | 'environment'>
  readonly facts: Pick<Facts, 'packageRoot' | 'workingDirectory' | 'pythonFiles'>
  /** The venv's Python. */
  readonly python: string
}
