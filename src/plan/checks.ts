/** What is checked before anything starts. A `fail` ends `plan` and `train` with exit code 3. Pure. */
import type { Check, PlanContext, PlannedStage } from '../types.ts'

type CheckRule = (context: PlanContext, stages: readonly PlannedStage[]) => readonly Check[]

const RULES: readonly CheckRule[] = [
  checkSource,
  checkWritable,
  checkPython,
  checkBaseModel,
  checkTrainingFiles,
  checkPrecision,
  checkDisk,
  checkSteps,
]

export function planChecks(context: PlanContext, stages: readonly PlannedStage[]): readonly Check[] {
  return RULES.flatMap((rule) => rule(context, stages))
}

const PICTURES = 'pictures (.jpg .png .webp .avif .tiff)'

function checkSource({ facts: { source } }: PlanContext, stages: readonly PlannedStage[]): Check[] {
  if (source.kind === 'generated' || !isActive(stages, ['collect-images'])) return []
  const path = `dataset.source.${source.kind}`
  const base = { code: 'source-pictures', path, expected: PICTURES }
  if (!source.exists) {
    return [
      {
        ...base,
        status: 'fail',
        found: `${source.given} is not there`,
        remedy: `Name a folder of pictures under ${path}.`,
      },
    ]
  }
  if (source.pictures > 0) {
    return [{ ...base, status: 'pass', found: `${source.pictures} in ${source.given}`, remedy: '' }]
  }
  const others = Object.entries(source.others)
  const count = others.reduce((sum, [, files]) => sum + files, 0)
  const names = others.map(([extension]) => extension || 'no extension').join(' ')
  const found =
    count === 0
      ? `${source.given} is empty`
      : `no pictures in ${source.given}, but ${count} other files (${names})`
  const heic = others.some(([extension]) => /^\.hei[cf]$/i.test(extension))
  const remedy = heic
    ? "HEIC can't be read here: export as JPEG first."
    : `Put pictures into ${source.given}, or name another folder.`
  return [{ ...base, status: 'fail', found, remedy }]
}

function checkWritable({ facts }: PlanContext): Check[] {
  return facts.unwritable.map(({ path, reason }) => ({
    code: 'writable',
    path: null,
    status: 'fail',
    found: `${path} can't be written (${reason})`,
    expected: 'a folder that you may write',
    remedy: 'Change its permissions, or name another folder (dataset.output, runs, CNK_HOME).',
  }))
}

const PYTHON_REMEDIES = {
  'python-missing': 'Install Python 3.11, 3.12 or 3.13, or name one: CNK_PYTHON=/path/to/python3.11',
  'python-version':
    'Install Python 3.11, 3.12 or 3.13 beside it, or name one: CNK_PYTHON=/path/to/python3.11',
  'python-venv': 'Install the venv module: apt-get install python3-venv (Debian, Ubuntu)',
} as const

function checkPython({ facts: { python } }: PlanContext, stages: readonly PlannedStage[]): Check[] {
  if (!isActive(stages, ['create-environment'])) return []
  const expected = 'Python 3.11-3.13 with venv'
  if (python.ok) {
    return [
      {
        code: 'python',
        path: null,
        status: 'pass',
        found: `Python ${python.version} (${python.file})`,
        expected,
        remedy: '',
      },
    ]
  }
  return [
    {
      code: python.code,
      path: null,
      status: 'fail',
      found: python.found,
      expected,
      remedy: PYTHON_REMEDIES[python.code],
    },
  ]
}

const PIPELINE_FILES = ['model_index.json', 'unet', 'vae', 'text_encoder', 'tokenizer', 'scheduler']

function checkBaseModel({ config, facts, paths }: PlanContext, stages: readonly PlannedStage[]): Check[] {
  if (!('folder' in config.base_model) || !isActive(stages, ['train-controlnet'])) return []
  const missing = PIPELINE_FILES.filter((name) => facts.files[`${paths.baseModel}/${name}`] == null)
  const base = { code: 'base-model', path: 'base_model.folder', expected: "a pipeline in diffusers' layout" }
  const given = config.base_model.folder
  if (missing.length === 0) return [{ ...base, status: 'pass', found: given, remedy: '' }]
  const found =
    missing.length === PIPELINE_FILES.length
      ? `${given} has none of its parts`
      : `${given} lacks ${missing.join(', ')}`
  return [
    {
      ...base,
      status: 'fail',
      found,
      remedy: 'Name a folder written by save_pretrained() of a Stable Diffusion pipeline.',
    },
  ]
}

function checkTrainingFiles({ config, facts, paths }: PlanContext, stages: readonly PlannedStage[]): Check[] {
  if (!isActive(stages, ['train-controlnet'])) return []
  const { script, controlnet_model_name_or_path: start } = config.train
  const checks: Check[] = []
  if (script !== undefined && facts.files[paths.trainerScript]?.kind !== 'file') {
    const remedy = "Name a copy of diffusers' train_controlnet.py, or leave train.script out."
    checks.push({
      code: 'train-script',
      path: 'train.script',
      status: 'fail',
      found: `${script} is no file`,
      expected: 'a file',
      remedy,
    })
  }
  if (start !== undefined && facts.files[start]?.kind !== 'folder') {
    const path = 'train.controlnet_model_name_or_path'
    const remedy = 'Name a folder with config.json and diffusion_pytorch_model.safetensors.'
    checks.push({
      code: 'start-controlnet',
      path,
      status: 'fail',
      found: `${start} is no folder`,
      expected: 'a ControlNet folder',
      remedy,
    })
  }
  return checks
}

function checkPrecision({ training: { settings } }: PlanContext): Check[] {
  if (settings.mixed_precision !== 'fp16' || settings.device !== 'cpu') return []
  const remedy = 'Set train.mixed_precision to bf16 or no.'
  const base = { code: 'fp16-on-cpu', path: 'train.mixed_precision', expected: 'bf16 or no on the CPU' }
  return [{ ...base, status: 'fail', found: 'fp16 without a GPU', remedy }]
}

const GB = 1e9

/** Rough needs: a venv (CPU 1.5 GB, CUDA 7 GB), and 0.5 MB a row twice (the dataset and the trainer's copy of it). */
function checkDisk({ facts, training }: PlanContext, stages: readonly PlannedStage[]): Check[] {
  const venv = isActive(stages, ['create-environment'])
    ? (training.settings.device === 'cpu' ? 1.5 : 7) * GB
    : 0
  const rows = isActive(stages, ['write-dataset']) ? facts.source.pictures * 0.5e6 : 0
  const needs = [
    {
      name: 'the cache folder',
      free: facts.freeBytes.cache,
      need: venv + rows,
      remedy: 'Free some space, or set CNK_HOME to a larger disk.',
    },
    {
      name: 'the dataset folder',
      free: facts.freeBytes.dataset,
      need: rows,
      remedy: 'Free some space, or set dataset.output to a larger disk.',
    },
  ]
  return needs.map(({ name, free, need, remedy }) => ({
    code: 'disk',
    path: null,
    status: free >= need ? 'pass' : 'fail',
    found: `${(free / GB).toFixed(1)} GB free for ${name}`,
    expected: `${(need / GB).toFixed(1)} GB`,
    remedy: free >= need ? '' : remedy,
  }))
}

const USUAL_STEPS = 4000

function checkSteps({ config, training }: PlanContext, stages: readonly PlannedStage[]): Check[] {
  if (
    training.total_steps >= USUAL_STEPS ||
    'generated' in config.base_model ||
    !isActive(stages, ['train-controlnet'])
  )
    return []
  const remedy = 'More epochs, or more pictures.'
  const base = {
    code: 'few-steps',
    path: 'train.num_train_epochs',
    expected: 'ControlNets usually need 4,000 steps or more',
  }
  return [{ ...base, status: 'warn', found: `${training.total_steps} steps`, remedy }]
}

function isActive(stages: readonly PlannedStage[], names: readonly PlannedStage['name'][]): boolean {
  return stages.some(({ name, action }) => names.includes(name) && action !== 'reuse')
}
