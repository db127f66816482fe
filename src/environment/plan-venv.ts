/** Plans a venv from one lock and one build of torch: where, and the commands that make it. */
import { createHash } from 'node:crypto'
import { posix, win32 } from 'node:path'
import type { Check, Command, Facts } from '../types.ts'
import { TORCH_INDEX, TORCH_VERSION } from './pins.ts'
import type { TorchBackend } from './torch-backend.ts'

type Environment = Pick<Facts, 'packageRoot' | 'python' | 'pythonFiles'>

export interface VenvPlan {
  /** Path relative to the package root, as in `facts.pythonFiles`: `python/locks/builtin-cpu.txt`. */
  readonly lock: string
  /** Two environments with the same key hold the same packages, but for those of extra locks. */
  readonly key: string
  /** `{cache}/environments/…`, unless another was given. */
  readonly folder: string
  /** The venv's Python. */
  readonly python: string
  /** Make the venv; install the lock; install torch (one command or, if that fails, the next); check it all, last. */
  readonly commands: readonly Command[]
}

interface VenvInput {
  readonly lock: string
  /** Locks of packages that are installed beside those. */
  readonly extraLocks?: readonly string[]
  readonly backend: TorchBackend
  readonly facts: Environment & {
    readonly machine: Pick<Facts['machine'], 'os'>
  }
  readonly folder?: string
}

/** A venv from one lock and one build of torch. */
export function planVenv({ lock, extraLocks = [], backend, facts, folder }: VenvInput): VenvPlan {
  const minor = facts.python.ok ? facts.python.minor : '3.11'
  const hashOf = (path: string): string => facts.pythonFiles[path] ?? ''
  const key = hashKey([hashOf(lock), backend, minor, TORCH_VERSION])
  const name = extraLocks.length === 0 ? key : hashKey([key, ...extraLocks.map(hashOf)])
  const place = folder ?? `{cache}/environments/${name}`
  const python = pythonOf(place, facts.machine.os)
  const commands = planCommands({ facts, backend, locks: [lock, ...extraLocks], folder: place, python })
  return { lock, key, folder: place, python, commands }
}

function hashKey(parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 16)
}

function pythonOf(folder: string, os: Facts['machine']['os']): string {
  return os === 'win32' ? win32.join(folder, 'Scripts', 'python.exe') : posix.join(folder, 'bin', 'python')
}

interface CommandInput {
  readonly facts: VenvInput['facts']
  readonly backend: TorchBackend
  readonly locks: readonly string[]
  readonly folder: string
  readonly python: string
}

function planCommands({ facts, backend, locks, folder, python }: CommandInput): Command[] {
  const cwd = facts.packageRoot
  const files = locks.map((lock) => posix.join(facts.packageRoot, lock))
  const base = facts.python.ok ? facts.python.file : 'python3'
  const program = (name: string) => posix.join(facts.packageRoot, 'python', name)
  const launch = (file: string, args: readonly string[], env = {}): Command => ({
    file,
    args: [program('launch.py'), ...args],
    env,
    cwd,
  })
  const pip = (...args: string[]): Command => ({
    ...launch(python, [program('run_module.py'), 'pip', ...PIP_INSTALL, ...args], PIP_ENVIRONMENT),
    // Addresses of indexes may hold logins: nobody else gets them.
    inherit: ['PIP_*'],
  })
  return [
    launch(base, [program('run_module.py'), 'venv', folder]),
    pip('--require-hashes', ...files.flatMap((file) => ['-r', file])),
    ...torchRequirements(backend, facts.machine.os).map((args) => pip(...args)),
    launch(python, [program('check_environment.py'), TORCH_VERSION, backend, ...files]),
  ]
}

const PIP_INSTALL = ['install', '--no-deps', '--only-binary', ':all:']

/** `user` in a person's pip settings would put the packages elsewhere. */
const PIP_ENVIRONMENT = {
  PIP_NO_INPUT: '1',
  PIP_DISABLE_PIP_VERSION_CHECK: '1',
  PIP_USER: '0',
}

/**
 * The builds for Linux that have a version of their own may be on the person's mirror; else PyTorch's index has them. The
 * other ones are on the package index; `===` keeps pip from taking a `2.13.0+cpu` that happens to lie around.
 */
function torchRequirements(backend: TorchBackend, os: Facts['machine']['os']): string[][] {
  if (backend === 'cu130' || os !== 'linux') return [[`torch===${TORCH_VERSION}`]]
  const torch = `torch==${TORCH_VERSION}+${backend}`
  return [[torch], ['--index-url', `${TORCH_INDEX}/${backend}`, torch]]
}

export function checkPython(python: Facts['python']): Check {
  const expected = 'Python 3.11, 3.12 or 3.13, with venv and pip'
  if (python.ok)
    return { code: 'python', status: 'pass', found: `Python ${python.version}`, expected, remedy: '' }
  return { code: python.code, status: 'fail', found: python.found, expected, remedy: REMEDIES[python.code] }
}

const REMEDIES = {
  'python-missing':
    'Install Python 3.11 (Debian, Ubuntu: apt-get install python3 python3-venv), or name one: CNK_PYTHON=/path/to/python3',
  'python-version': 'Install Python 3.11 beside it and name it: CNK_PYTHON=/path/to/python3.11',
  'python-venv': 'Install the modules venv and ensurepip (Debian, Ubuntu: apt-get install python3-venv)',
} as const
