/** Whether a person's own environment can train: what can't work fails, what is not tested is a line each. Pure. */
import { quoteWord, shellCommand } from '../next-step.ts'
import type { Check, Facts } from '../types.ts'
import { compareVersions, withoutBuild } from './compare-versions.ts'
import type { EnvironmentInput } from './environment-kind.ts'
import { OLDEST, TESTED_EXTRAS, TESTED_FOR_DIFFUSERS, TESTED_PACKAGES, TRAINER_SCRIPT } from './pins.ts'

type OwnPython = Extract<Facts['ownPython'], { ok: true }>

const PATH = 'environment.python'

export function checkOwnEnvironment(input: EnvironmentInput): readonly Check[] {
  const own = input.facts.ownPython
  if (own?.ok !== true) return [failedPython(own?.found ?? 'none', own?.given ?? 'python3')]
  const tested = testedPackages(input)
  const missing = Object.keys(tested).filter((name) => !(name in own.packages))
  const python = checkPythonVersion(own)
  return [
    python,
    ...(missing.length === 0 ? [] : [missingPackages(own, missing, tested)]),
    ...checkAge(own, 'torch', { oldest: OLDEST.torch, why: 'as diffusers asks for', tested }),
    ...checkAge(own, 'diffusers', { ...oldestDiffusers(input), tested }),
    checkTorch(own, input),
    ...checkUntestedMachine(own, input),
    ...checkDifferences(own, tested),
  ]
}

function testedPackages({ config, extras = [] }: EnvironmentInput): Readonly<Record<string, string>> {
  return {
    ...TESTED_PACKAGES,
    ...(config.train.engine === 'diffusers' && TESTED_FOR_DIFFUSERS),
    ...Object.fromEntries(extras.map((name) => [name, TESTED_EXTRAS[name]!])),
  }
}

function failedPython(found: string, given: string): Check {
  const expected = `Python ${OLDEST.python} or newer with the packages of the training`
  const remedy = `Activate your environment, or name its Python by its path (it is ${given} now).`
  return { code: 'python', path: PATH, status: 'fail', found, expected, remedy }
}

function checkPythonVersion({ version, file, given }: OwnPython): Check {
  const found = `Python ${version} (${file})`
  if (compareVersions(version, OLDEST.python) < 0) return failedPython(found, given)
  return { code: 'python', path: PATH, status: 'pass', found, expected: '', remedy: '' }
}

/** `python3 -m pip install diffusers==0.40.0` */
function install({ file }: OwnPython, requirements: readonly string[]): string {
  return shellCommand(`${quoteWord(file)} -m pip install ${requirements.join(' ')}`)
}

function missingPackages(
  own: OwnPython,
  missing: readonly string[],
  tested: Readonly<Record<string, string>>,
): Check {
  const requirements = missing.map((name) => `${name}==${tested[name]!}`)
  return {
    code: 'package-missing',
    path: PATH,
    status: 'fail',
    found: `${own.file} has no ${missing.join(', ')}`,
    expected: 'the packages that the training imports',
    remedy: `The kit installs nothing there. Install them yourself: ${install(own, requirements)}`,
  }
}

interface Age {
  readonly oldest: string
  readonly why: string
  readonly tested: Readonly<Record<string, string>>
}

function checkAge(own: OwnPython, name: string, { oldest, why, tested }: Age): Check[] {
  const version = own.packages[name]
  if (version === undefined || compareVersions(version, oldest) >= 0) return []
  return [
    {
      code: 'package-old',
      path: PATH,
      status: 'fail',
      found: `${name} ${version} in ${own.file}`,
      expected: `${name} ${oldest} or newer, ${why}`,
      remedy: `Install it there: ${install(own, [`${name}==${tested[name]!}`])}`,
    },
  ]
}

function oldestDiffusers({ config, facts }: EnvironmentInput): Omit<Age, 'tested'> {
  if (config.train.engine === 'builtin')
    return { oldest: OLDEST.diffusers, why: "as the kit's own trainer asks for" }
  const pinned = TRAINER_SCRIPT.version.replace(/^v/, '')
  const oldest = config.train.script === undefined ? pinned : (facts.script?.oldestDiffusers ?? '0')
  return { oldest, why: 'as train_controlnet.py asks for' }
}

function checkTorch(own: OwnPython, { device }: EnvironmentInput): Check {
  if (device.problem !== null) return { path: PATH, status: 'fail', ...device.problem }
  const found = `torch ${own.packages['torch'] ?? 'missing'} (${own.torchBuild ?? 'build unknown'}), your own`
  return { code: 'torch-backend', status: 'pass', found, expected: '', remedy: '' }
}

function checkUntestedMachine(
  { torchBuild }: OwnPython,
  { facts: { machine }, device }: EnvironmentInput,
): Check[] {
  const untested = [
    ...(torchBuild?.startsWith('rocm') === true ? [`torch for ROCm (${torchBuild})`] : []),
    ...(machine.os === 'linux' && machine.arch === 'arm64' && device.device === 'cuda'
      ? ['CUDA on Linux arm64']
      : []),
  ]
  return untested.map((what) => ({
    code: 'environment-untested',
    path: 'environment.kind',
    status: 'warn',
    found: `${what}, untested`,
    expected: 'CUDA on Linux x64, or the CPU',
    remedy: 'The environment is tried before the training; watch its first steps.',
  }))
}

/** One line for each version that is not the tested one. */
function checkDifferences(own: OwnPython, tested: Readonly<Record<string, string>>): Check[] {
  return Object.entries(tested).flatMap(([name, version]): Check[] => {
    const found = own.packages[name]
    if (found === undefined || compareVersions(found, version) === 0) return []
    return [
      {
        code: 'package-untested',
        path: PATH,
        status: 'warn',
        found: `${name} ${withoutBuild(found)}`,
        expected: `${version}, with which the kit is tested`,
        remedy: 'Your own version is used.',
      },
    ]
  })
}
