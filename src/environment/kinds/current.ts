/** An environment that the person brings: conda, a container image, a cluster's module. Nothing in it is changed. */
import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import { quoteWord } from '../../next-step.ts'
import type { Command, Facts } from '../../types.ts'
import { checkOwnEnvironment } from '../check-own-environment.ts'
import type { EnvironmentInput, EnvironmentKind } from '../environment-kind.ts'
import { TESTED_FOR_DIFFUSERS, TESTED_PACKAGES } from '../pins.ts'
import { chooseOwnTorch } from '../own-torch.ts'

export const current: EnvironmentKind<'current'> = {
  name: 'current',
  words: 'the packages that the Python of `environment.python` has already; nothing is installed',
  title: 'try environment',
  isMade: false,
  programs: {
    env: {},
    // Where conda, modules of clusters and ROCm say what belongs to the environment.
    inherit: [
      ...['PYTHONPATH', 'PYTHONHOME', 'PYTHONUSERBASE', 'VIRTUAL_ENV', 'CONDA_PREFIX', 'EBPYTHONPREFIXES'],
      ...['PYENV_ROOT', 'PYENV_VERSION', 'LD_PRELOAD', 'ROCM_PATH', 'ROCR_VISIBLE_DEVICES'],
      ...['HSA_OVERRIDE_GFX_VERSION'],
    ],
  },
  whenIncomplete: 'Mend your own environment (environment.python), then',
  chooseTorch: chooseOwnTorch,
  plan(input) {
    const { facts, config, folder } = input
    const { ownPython: own } = facts
    const python = own?.ok === true ? own.file : config.environment.python
    const place = folder ?? `{cache}/environments/own-${hashOf([python, keyOf(own)])}`
    const checks = checkOwnEnvironment(input)
    return {
      key: keyOf(own),
      folder: place,
      python,
      summary: summarise(own, config.environment.python),
      commands: [planTry(input, python)],
      outputs: [python, posix.join(place, 'installed.json')],
      checks,
      lastingChecks: checks,
    }
  },
}

/** Not the trackers, which may come and go. */
const COMPUTING = Object.keys({ ...TESTED_PACKAGES, ...TESTED_FOR_DIFFUSERS }).sort()

/** The same versions train the same, wherever they lie. */
function keyOf(own: Facts['ownPython']): string {
  if (own?.ok !== true) return 'missing'
  const packages = COMPUTING.map((name) => [name, own.packages[name] ?? null])
  const minor = own.version.split('.').slice(0, 2).join('.')
  return hashOf([minor, own.torchBuild ?? '', JSON.stringify(packages)])
}

const hashOf = (parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 16)

function summarise(own: Facts['ownPython'], given: string): string {
  if (own?.ok !== true) return `${given}, as it is`
  const torch = own.packages['torch']
  return `${quoteWord(given)} as it is: Python ${own.version}${torch === undefined ? '' : `, torch ${torch}`}`
}

/** Imports what the training needs, and computes on its device. */
function planTry({ facts, config, device, extras = [] }: EnvironmentInput, file: string): Command {
  const program = (name: string) => posix.join(facts.packageRoot, 'python', name)
  return {
    file,
    args: [
      program('launch.py'),
      program('try_environment.py'),
      `--engine=${config.train.engine}`,
      `--device=${device.device}`,
      ...extras.map((name) => `--extra=${name}`),
    ],
    ...current.programs,
    cwd: facts.packageRoot,
  }
}
