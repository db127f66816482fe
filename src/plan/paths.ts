import { configuredSource } from '../sources/index.ts'
import { isAbsolute, join, resolve } from 'node:path'
import { planBaseModel } from '../base-models/index.ts'
import { planExtras } from '../environment/extras.ts'
import { planEnvironment } from '../environment/plan-environment.ts'
import { findExpandedPart } from '../trainer/literal-path.ts'
import { planTrainerScript } from '../trainer/trainer-script.ts'
import type { Config, Facts, Paths, TrainingSettings } from '../types.ts'

type Observed = Pick<
  Facts,
  | 'packageRoot'
  | 'workingDirectory'
  | 'cache'
  | 'machine'
  | 'python'
  | 'ownPython'
  | 'script'
  | 'gpus'
  | 'cuda'
  | 'pythonFiles'
  | 'files'
  | 'realPaths'
>

/** Where everything of this config lies. Relative paths of the config start at the working directory. */
export function planPaths(config: Config, facts: Observed, settings: TrainingSettings): Paths {
  const absolute = (path: string): string => (isAbsolute(path) ? path : resolve(facts.workingDirectory, path))
  const source = configuredSource(config.dataset.source)
  const dataset = absolute(config.dataset.output)
  const environment = planEnvironment({ config, facts, extras: planExtras(settings) })
  return {
    packageRoot: facts.packageRoot,
    source: source.spec.placeOf(source.given, absolute),
    dataset,
    annotations: join(dataset, 'annotations.ndjson'),
    manifest: join(dataset, 'manifest.json'),
    work: join(dataset, '.cnk'),
    environment: environment.folder,
    python: environment.python,
    trainerScript: trainerScript(config, facts),
    baseModel: planBaseModel({ config, facts, python: environment.python }).folder,
    initialControlnet: join(dataset, '.cnk', 'initial-controlnet'),
    run: '{run}',
    output: '{run}/output',
    model: '{run}/model',
    runs: absolute(config.runs),
    trainingData: needsLinks(facts) ? '{cache}/linked-datasets/{dataset}' : dataset,
    datasetsCache: '{cache}/datasets/{dataset}',
  }
}

/** `datasets` resolves links before it looks for files, so only the real path counts. */
function needsLinks({ realPaths }: Observed): boolean {
  return findExpandedPart(realPaths.dataset) !== null
}

function trainerScript(config: Config, facts: Observed): string {
  if (config.train.engine === 'builtin') return join(facts.packageRoot, 'python', 'train.py')
  return planTrainerScript({ config, facts }).file
}
