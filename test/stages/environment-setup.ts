/** A small environment that is created with the real venv and pip, from wheels built here; nothing is downloaded. */
import { execFileSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { EventBody } from '../../src/events.ts'
import { observePython } from '../../src/tools/python/python.ts'
import { packageRoot } from '../../src/tools/package-root.ts'
import { planEnvironment } from '../../src/environment/plan-environment.ts'
import type { Command, Facts, StageContext } from '../../src/types.ts'

/** Writes NAME-1.0 wheels with FILES modules each, and prints `name==1.0 --hash=…` for each. */
const MAKE_WHEELS = `
import hashlib, sys, zipfile
folder, *wheels = sys.argv[1:]
for wheel in wheels:
    name, files = wheel.split(':')
    path = f'{folder}/{name}-1.0-py3-none-any.whl'
    info = f'{name}-1.0.dist-info'
    members = {f'{name}/m{i}.py': f'value = {i}' for i in range(int(files))}
    members[f'{name}/__init__.py'] = ''
    members[f'{info}/METADATA'] = f'Metadata-Version: 2.1\\nName: {name}\\nVersion: 1.0\\n'
    members[f'{info}/WHEEL'] = 'Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n'
    members[f'{info}/RECORD'] = ''.join(f'{member},,\\n' for member in members) + f'{info}/RECORD,,\\n'
    with zipfile.ZipFile(path, 'w') as archive:
        for member, text in members.items():
            archive.writestr(zipfile.ZipInfo(member), text)
    print(f'{name}==1.0 --hash=sha256:' + hashlib.sha256(open(path, 'rb').read()).hexdigest())
`

export interface TinyEnvironment {
  readonly venv: string
  readonly lock: string
  readonly context: StageContext
  readonly events: EventBody[]
}

interface TinyOptions {
  /** Modules in the one wheel that takes long to install. */
  readonly files?: number
  readonly action?: 'create' | 'rebuild'
  readonly signal?: AbortSignal
}

/** The lock names the packages `alpha` and `beta`; `gamma` replaces `torch` and its check. */
export async function tinyEnvironment(folder: string, options: TinyOptions = {}): Promise<TinyEnvironment> {
  const { files = 1, action = 'create', signal = new AbortController().signal } = options
  const wheels = join(folder, 'wheels')
  await mkdir(wheels, { recursive: true })
  const python = await observePython()
  if (!python.ok) throw new Error(python.found)
  const made = execFileSync(python.file, ['-c', MAKE_WHEELS, wheels, 'alpha:1', `beta:${files}`, 'gamma:1'], {
    encoding: 'utf8',
  })
  const lock = join(folder, 'lock.txt')
  await writeFile(lock, made.split('\n').slice(0, 2).join('\n') + '\n')
  const venv = join(folder, 'venv')
  const events: EventBody[] = []
  const context = {
    ...planContext(venv, python),
    report: (event: EventBody) => events.push(event),
    signal,
  }
  const commands = tinyCommands(plan(context), lock)
  return {
    venv,
    lock,
    events,
    context: {
      ...context,
      stage: { name: 'create-environment', action, commands },
    } as unknown as StageContext,
  }
}

/** Makes pip use the wheels built here, whatever this machine's settings are. */
export const pipSettings = (folder: string) => ({
  PIP_CONFIG_FILE: '/dev/null',
  PIP_NO_INDEX: '1',
  PIP_FIND_LINKS: join(folder, 'wheels'),
})

function planContext(venv: string, python: Facts['python']) {
  return {
    config: {
      environment: { kind: 'venv', torch: 'cpu' },
      train: { engine: 'builtin' },
      launch: { num_processes: 1 },
    },
    facts: {
      packageRoot,
      cache: venv,
      python,
      gpus: [],
      cuda: { visibleDevices: null, parts: [], trouble: null },
      machine: { os: 'linux', arch: 'x64' },
      pythonFiles: {},
    },
    paths: { environment: venv, python: join(venv, 'bin/python') },
  } as unknown as StageContext
}

const plan = ({ config, facts, paths }: StageContext) =>
  planEnvironment({ config, facts, folder: paths.environment }).commands

function tinyCommands(commands: readonly Command[], lock: string): Command[] {
  const [makeVenv, installLock, installTorch, , check] = commands as [
    Command,
    Command,
    Command,
    Command,
    Command,
  ]
  const importAll = 'import alpha, beta, gamma, json; print(json.dumps({"packages": {}, "wrong": []}))'
  return [
    makeVenv,
    { ...installLock, args: [...installLock.args.slice(0, -1), lock] },
    { ...installTorch, args: [...installTorch.args.slice(0, -1), 'delta==1.0'] },
    { ...installTorch, args: [...installTorch.args.slice(0, -1), 'gamma==1.0'] },
    { ...check, args: ['-c', importAll] },
  ]
}
