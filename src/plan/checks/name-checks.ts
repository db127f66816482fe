/** Whether the names of folders survive the programs that get them. Pure. */
import { configuredBase } from '../../base-models/index.ts'
import { environmentKindOf } from '../../environment/kinds.ts'
import { findExpandedPart } from '../../trainer/literal-path.ts'
import type { Check, PlanContext, PlannedStage } from '../../types.ts'
import { findPlaceholder } from '../placeholders.ts'

/** With such a dataset folder the trainer gets links in the cache folder. They help only where that one has a plain name. */
export function checkTrainingData({ facts: { realPaths }, paths, trains }: PlanContext): Check[] {
  const found = findExpandedPart(realPaths.cache)
  if (!trains || paths.trainingData === paths.dataset || found === null) return []
  const inDataset = findExpandedPart(realPaths.dataset)
  return [
    {
      code: 'folder-name',
      path: 'dataset.output',
      status: 'fail',
      found: `${realPaths.dataset} has ${inDataset} in its name, and the cache folder ${realPaths.cache} has ${found}`,
      expected:
        'one of the two without * ? [ $ and ::, which the library that loads the dataset would expand',
      remedy: 'Name another folder: dataset.output, or CNK_HOME for the cache.',
    },
  ]
}

/** Python refuses to make a venv there: PATH can't name it. */
export function checkEnvironmentFolder(
  { config, facts }: PlanContext,
  stages: readonly PlannedStage[],
): Check[] {
  const separator = facts.machine.os === 'win32' ? ';' : ':'
  const isMade = stages.some(({ name, action }) => name === 'create-environment' && action !== 'reuse')
  if (!isMade || !environmentKindOf(config).isMade || !facts.cache.includes(separator)) return []
  return [
    {
      code: 'folder-name',
      path: null,
      status: 'fail',
      found: `the cache folder ${facts.cache} has ${separator} in its name`,
      expected: `a path without ${separator}: Python makes no environment in any other`,
      remedy: 'Set CNK_HOME to another folder.',
    },
  ]
}

/** A plan writes `{run}` for what only the start of a run knows: a folder of that name would be taken for it. */
export function checkPlaceholders({ config, facts }: PlanContext): Check[] {
  const { dataset, condition, train } = config
  const base = configuredBase(config)
  const ownBase = base.spec.lies === 'with-person' ? base.spec.nameOf(base.given) : undefined
  const source: unknown = Object.values(dataset.source)[0]
  const named: readonly (readonly [key: string | null, path: unknown])[] = [
    [null, facts.workingDirectory],
    [null, facts.packageRoot],
    [null, facts.cache],
    ['dataset.source', source],
    ['dataset.output', dataset.output],
    ['runs', config.runs],
    ['condition.landmarks', condition.landmarks],
    [`base_model.${base.spec.kind}`, ownBase],
    ['train.script', train.script],
    ['environment.python', config.environment.python],
    ['train.controlnet_model_name_or_path', train.controlnet_model_name_or_path],
  ]
  return named.flatMap(([path, value]) => {
    const placeholder = typeof value === 'string' ? findPlaceholder(value) : null
    if (placeholder === null) return []
    const remedy = 'Rename that folder, or choose another.'
    const found = `${String(value)} has ${placeholder} in its name`
    const expected = `a path without ${placeholder}, which stands for something else in a plan`
    return [{ code: 'folder-name', path, status: 'fail', found, expected, remedy }]
  })
}
