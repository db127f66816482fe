/** All kinds of base models. A new one is a file beside this one and its line in BASE_MODELS: CONTRIBUTING.md. Pure. */
import type { BaseModelInput, BaseModelPlan, BaseModelSpec } from './base-model-spec.ts'
import { folder } from './folder.ts'
import { generated } from './generated.ts'
import { repo } from './repo.ts'

export type { BaseModelKey, Licence } from './base-model-spec.ts'

export const BASE_MODELS = [repo, folder, generated] as const

type GivenTo<Spec> = Spec extends BaseModelSpec<infer Given> ? Given : never

/** `base_model` of the config: the keys of exactly one kind. */
export type BaseModelConfig = GivenTo<(typeof BASE_MODELS)[number]>

export interface ConfiguredBase {
  readonly spec: BaseModelSpec<BaseModelConfig>
  /** As in the config. */
  readonly given: BaseModelConfig
}

export function configuredBase({
  base_model: given,
}: {
  readonly base_model: BaseModelConfig
}): ConfiguredBase {
  const specs: readonly Pick<BaseModelSpec, 'kind'>[] = BASE_MODELS
  const spec = specs.find(({ kind }) => kind in given)
  return { spec: spec as unknown as BaseModelSpec<BaseModelConfig>, given }
}

/** Where the frozen model lies, and how it gets there. */
export function planBaseModel(input: BaseModelInput): BaseModelPlan {
  const { spec, given } = configuredBase(input.config)
  return spec.plan(given, input)
}
