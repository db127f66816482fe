/** Whether the models that a training starts from are there, whole, and of a kind that can be trained. Pure. */
import { configuredBase } from '../../base-models/index.ts'
import { findBaseModelProblems } from '../../trainer/base-model/base-model-check.ts'
import { describePrediction } from '../../trainer/base-model/base-model-fit.ts'
import { findControlnetProblems } from '../../trainer/base-model/controlnet-check.ts'
import type { ModelProblem } from '../../trainer/base-model/model-files.ts'
import type { Check, PlanContext, PlannedStage } from '../../types.ts'

/** A person's own folder; or what the cache holds of another, where that will be used. */
export function checkBaseModel(context: PlanContext, stages: readonly PlannedStage[]): Check[] {
  const { config, facts } = context
  const model = facts.baseModel
  if (model === null || !isUsed(stages)) return []
  const { spec, given } = configuredBase(config)
  if (spec.lies === 'in-cache') return checkCached(context, stages)
  const [base, name] = [{ code: 'base-model', path: `base_model.${spec.kind}` }, spec.nameOf(given)]
  const problems = findBaseModelProblems(model)
  if (problems.length > 0) return problems.map((one) => ({ ...base, ...formatProblem(name, one) }))
  const found = `${name}, which ${describePrediction(model.files)}`
  return [{ ...base, status: 'pass', found, expected: "a pipeline in diffusers' layout", remedy: '' }]
}

/** Damaged files are fetched or made anew where the plan does so anyway; else nobody would notice before the training. */
function checkCached({ config, facts }: PlanContext, stages: readonly PlannedStage[]): Check[] {
  const model = facts.baseModel
  if (model?.kind !== 'folder') return []
  const { spec, given } = configuredBase(config)
  const isRenewed = stages.some(({ name, action }) => name === 'fetch-base-model' && action !== 'reuse')
  return findBaseModelProblems(model).map((problem) => {
    const base = { code: 'base-model-cached', path: `base_model.${spec.kind}` }
    const found = formatProblem(`${spec.nameOf(given)} in the cache`, problem)
    if (!problem.isDamage) return { ...base, ...found }
    if (isRenewed) return { ...base, ...found, status: 'warn', remedy: 'It is put there anew.' }
    return { ...base, ...found, remedy: `Remove the folder, then it is put there anew: ${model.folder}` }
  })
}

/** `train.controlnet_model_name_or_path`. */
export function checkStart({ config, facts }: PlanContext, stages: readonly PlannedStage[]): Check[] {
  const start = config.train.controlnet_model_name_or_path
  if (start === undefined || facts.startControlnet === null || !isUsed(stages)) return []
  const base = { code: 'start-controlnet', path: 'train.controlnet_model_name_or_path' }
  const problems = findControlnetProblems(facts.startControlnet, facts.baseModel)
  if (problems.length > 0) return problems.map((one) => ({ ...base, ...formatProblem(start, one) }))
  return [{ ...base, status: 'pass', found: start, expected: 'a ControlNet folder', remedy: '' }]
}

/** `./sd: unet/config.json is empty`, or `./sd has no model_index.json`. */
function formatProblem(
  name: string,
  { file, found, expected, remedy }: ModelProblem,
): Omit<Check, 'code' | 'path'> {
  const text = file === null ? `${name} ${found}` : `${name}: ${file} ${found}`
  return { status: 'fail', found: text, expected, remedy }
}

function isUsed(stages: readonly PlannedStage[]): boolean {
  const users = ['fetch-base-model', 'train-controlnet', 'verify-model']
  const trains = stages.some(({ name }) => name === 'train-controlnet')
  return trains && stages.some(({ name, action }) => users.includes(name) && action !== 'reuse')
}
