/** Rules that involve more than one key, and keys of which some values are not built yet. Pure. */
import { annotatorOf, FILE_READER_NAMES } from '../annotators/index.ts'
import { formatOr } from '../choices.ts'
import { conditionOf } from '../conditions/index.ts'
import { needsFaces } from '../conditions/needs-faces.ts'
import { configuredSource, WITH_CAPTION_FILES, WITH_COLUMNS } from '../sources/index.ts'
import { CAPTION_RULES } from './caption-rules.ts'
import { BROUGHT_NAMES, environmentKindOf, OWN_PYTHON } from '../environment/kinds.ts'
import { findExtraProblems } from '../trainer/extra-flags.ts'
import type { RuleProblem } from './rule-problem.ts'
import type { Config } from './schema.ts'

const RULES: readonly ((config: Config) => RuleProblem[])[] = [
  notBuiltYet,
  wellFormedSource,
  ownPythonOnlyForCurrent,
  torchOfOwnEnvironment,
  builtinOnly,
  scriptOnlyForDiffusers,
  extraOnlyForDiffusers,
  knownExtraFlags,
  trackersOnlyForDiffusers,
  warmupNeedsAScheduler,
  scaledStartsAnew,
  cyclesNeedRestarts,
  powerNeedsPolynomial,
  landmarksOnlyForFiles,
  imagesNeedPairs,
  columnsNeedATable,
  sidecarsNeedFiles,
  landmarkFilesNeedPictureFiles,
  runsOutsideTheDataset,
  ...CAPTION_RULES,
]

export function applyRules(config: Config): RuleProblem[] {
  return RULES.flatMap((rule) => rule(config))
}

function notBuiltYet(config: Config): RuleProblem[] {
  const { launch } = config
  const table: [boolean, string, string][] = [
    [launch.num_machines > 1, 'launch.num_machines', 'more than one machine'],
  ]
  return table
    .filter(([found]) => found)
    .map(([, path, what]) => ({ path: path.split('.'), message: `${what} is not available yet` }))
}

/** Where the kit makes the environment, another Python is named for the machine, not in the config. */
function ownPythonOnlyForCurrent({ environment }: Config): RuleProblem[] {
  if (!environmentKindOf({ environment }).isMade || environment.python === OWN_PYTHON) return []
  const message = `only for environment.kind: ${formatOr(BROUGHT_NAMES)}; what makes a venv is named by CNK_PYTHON`
  return [{ path: ['environment', 'python'], message }]
}

function torchOfOwnEnvironment({ environment }: Config): RuleProblem[] {
  if (environmentKindOf({ environment }).isMade || ['auto', 'cpu'].includes(environment.torch)) return []
  const message = `expected auto or cpu: with environment.kind: ${environment.kind} the build is the one that is there`
  return [{ path: ['environment', 'torch'], message }]
}

function wellFormedSource({ dataset: { source } }: Config): RuleProblem[] {
  const { spec, given } = configuredSource(source)
  const message = spec.problemOf?.(given) ?? null
  return message === null ? [] : [{ path: ['dataset', 'source', spec.kind], message }]
}

function builtinOnly({ train }: Config): RuleProblem[] {
  if (train.engine === 'builtin') return []
  const keys = ['cache_latents', 'cache_captions', 'gradient_checkpointing_unet'] as const
  return keys
    .filter((key) => train[key] === true)
    .map((key) => ({ path: ['train', key], message: 'only for train.engine: builtin' }))
}

function scriptOnlyForDiffusers({ train }: Config): RuleProblem[] {
  if (train.script === undefined || train.engine === 'diffusers') return []
  return [{ path: ['train', 'script'], message: 'only for train.engine: diffusers' }]
}

function extraOnlyForDiffusers({ train }: Config): RuleProblem[] {
  if (Object.keys(train.extra).length === 0 || train.engine === 'diffusers') return []
  return [{ path: ['train', 'extra'], message: 'only for train.engine: diffusers' }]
}

function knownExtraFlags({ train, base_model }: Config): RuleProblem[] {
  if (train.engine !== 'diffusers') return []
  const problems = findExtraProblems(train)
  const fetched = 'variant' in train.extra && !('folder' in base_model)
  const variant = {
    name: 'variant',
    message: 'only for base_model.folder: what the kit fetches or makes has no variants',
  }
  return [...problems, ...(fetched ? [variant] : [])].map(({ name, message }) => ({
    path: ['train', 'extra', name],
    message,
  }))
}

function trackersOnlyForDiffusers({ train }: Config): RuleProblem[] {
  if (train.trackers.length === 0 || train.engine === 'diffusers') return []
  return [{ path: ['train', 'trackers'], message: 'only for train.engine: diffusers' }]
}

function warmupNeedsAScheduler({ train }: Config): RuleProblem[] {
  if (train.lr_warmup_steps === 0 || train.lr_scheduler !== 'constant') return []
  const message = 'lr_scheduler constant ignores it; set train.lr_scheduler: constant_with_warmup'
  return [{ path: ['train', 'lr_warmup_steps'], message }]
}

function scaledStartsAnew({ train }: Config): RuleProblem[] {
  if (train.controlnet_init === 'upstream' || train.controlnet_model_name_or_path === undefined) return []
  const message = 'only for a new ControlNet: leave train.controlnet_model_name_or_path out'
  return [{ path: ['train', 'controlnet_init'], message }]
}

function cyclesNeedRestarts({ train }: Config): RuleProblem[] {
  if (train.lr_num_cycles === 1 || train.lr_scheduler === 'cosine_with_restarts') return []
  const message = `lr_scheduler ${train.lr_scheduler} ignores it; set train.lr_scheduler: cosine_with_restarts`
  return [{ path: ['train', 'lr_num_cycles'], message }]
}

function powerNeedsPolynomial({ train }: Config): RuleProblem[] {
  if (train.lr_power === 1 || train.lr_scheduler === 'polynomial') return []
  const message = `lr_scheduler ${train.lr_scheduler} ignores it; set train.lr_scheduler: polynomial`
  return [{ path: ['train', 'lr_power'], message }]
}

function landmarksOnlyForFiles({ condition }: Config): RuleProblem[] {
  if (condition.landmarks === undefined || annotatorOf(condition.annotator).from === 'landmark-files')
    return []
  return [
    {
      path: ['condition', 'landmarks'],
      message: `only for condition.annotator: ${formatOr(FILE_READER_NAMES)}`,
    },
  ]
}

function imagesNeedPairs({ condition, dataset }: Config): RuleProblem[] {
  const { kind, columns } = configuredSource(dataset.source).spec
  if (conditionOf(condition.kind).from !== 'source' || columns !== null) return []
  const message = `${condition.kind} needs a source with conditioning images (${formatOr(WITH_COLUMNS)}); ${kind} has none`
  return [{ path: ['condition', 'kind'], message }]
}

function columnsNeedATable({ dataset: { source, captions } }: Config): RuleProblem[] {
  const { kind, columns } = configuredSource(source).spec
  if (!('column' in captions) || columns !== null) return []
  const message = `only for sources with columns (${formatOr(WITH_COLUMNS)}); ${kind} has none`
  return [{ path: ['dataset', 'captions', 'column'], message }]
}

/** Rows of tables are not files. */
function sidecarsNeedFiles({ dataset: { source, captions } }: Config): RuleProblem[] {
  const { kind, beside } = configuredSource(source).spec
  if (!('sidecar' in captions) || beside.includes('captions')) return []
  const message = `only for pictures that are files (${WITH_CAPTION_FILES.join(', ')}); ${kind} has no text files beside them`
  return [{ path: ['dataset', 'captions', 'sidecar'], message }]
}

function landmarkFilesNeedPictureFiles(config: Config): RuleProblem[] {
  const { annotator, landmarks } = config.condition
  const { kind, beside } = configuredSource(config.dataset.source).spec
  if (annotatorOf(annotator).from !== 'landmark-files' || !needsFaces(config) || landmarks !== undefined)
    return []
  if (beside.includes('landmarks')) return []
  const message = `${annotator} needs condition.landmarks here: ${kind} has no landmark files beside its pictures`
  return [{ path: ['condition', 'annotator'], message }]
}

function runsOutsideTheDataset({ dataset, runs }: Config): RuleProblem[] {
  const trim = (path: string): string => path.replace(/^\.\//, '').replace(/\/+$/, '')
  if (!`${trim(runs)}/`.startsWith(`${trim(dataset.output)}/`)) return []
  return [{ path: ['runs'], message: 'expected a folder outside dataset.output, which is rewritten' }]
}
