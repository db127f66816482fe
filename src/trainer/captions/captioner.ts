/** What writes captions where a program or a model does: its commands, and what its captions depend on. */
import { posix } from 'node:path'
import type { CaptionerFact, Command, Config, PlanContext } from '../../types.ts'
import { environmentKindOf } from '../../environment/kinds.ts'
import { deviceEnvironment, planDevice, type DevicePlan } from '../../environment/device.ts'
import { planPythonCommand } from '../launch-command.ts'
import { BLIP } from '../../environment/pins.ts'
import { formatGigabytes } from '../../words.ts'

export interface Captioner {
  /** For people: `BLIP`, `caption.py`. */
  readonly name: string
  /** Captions are kept under it: changes with all that they depend on but the picture. */
  readonly identity: string
  /** Fetches the model, where it is not there yet; then the program that is given paths. */
  readonly commands: readonly Command[]
  /** How many pictures one start of the program gets. */
  readonly perStart: number
  /** How many pictures it may have been given and not answered. */
  readonly window: number
  readonly isOwnProgram: boolean
}

type Input = Pick<PlanContext, 'config' | 'facts' | 'paths'>

/** Null where captions come from elsewhere. */
export function planCaptioner({ config, facts, paths }: Input): Captioner | null {
  const { captions } = config.dataset
  const found = facts.captioner
  if ('command' in captions) return planProgram(captions.command, found, facts.workingDirectory)
  if (!('model' in captions) || found?.kind !== 'blip') return null
  const device = planDevice(config, facts)
  return planBlip(found, { config, paths, workingDirectory: facts.workingDirectory, device })
}

/**
 * A program may read all paths before it answers, so what it has not answered is bounded by what one start of it gets: held
 * back within a start, it would wait for ever.
 */
const PER_START = 1000

function planProgram(
  given: string | readonly string[],
  found: CaptionerFact | null,
  workingDirectory: string,
): Captioner {
  const [program, ...args] = splitCommand(given)
  const digest = found?.kind === 'command' ? found.digest : ''
  const isPath = program.includes('/')
  return {
    name: nameProgram(given),
    identity: `command ${JSON.stringify([program, ...args])} ${digest}`.trimEnd(),
    commands: [
      {
        file: isPath ? posix.resolve(workingDirectory, program) : program,
        args,
        env: {},
        cwd: workingDirectory,
      },
    ],
    perStart: PER_START,
    window: Infinity,
    isOwnProgram: true,
  }
}

/** A string is one program without arguments. */
export function splitCommand(given: string | readonly string[]): [program: string, ...args: string[]] {
  return (typeof given === 'string' ? [given] : [...given]) as [string, ...string[]]
}

/** What a person would call it. */
function nameProgram(given: string | readonly string[]): string {
  return posix.basename(ownFileOf(given) ?? splitCommand(given)[0])
}

const SCRIPT = /\.(py|js|mjs|cjs|ts|sh|rb|pl|lua|php|jl|r)$/i

/** The word of the command that names what the person wrote: the script behind an interpreter, else the program's path. */
export function ownFileOf(given: string | readonly string[]): string | null {
  const [program, ...args] = splitCommand(given)
  if (SCRIPT.test(program)) return program
  return args.find((word) => SCRIPT.test(word)) ?? (program.includes('/') ? program : null)
}

/** Raise it when `python/caption_blip.py` writes other captions. */
const BLIP_VERSION = 1

/** Ours answers batch by batch: a few batches ahead keep it busy, and loading the model once is enough. */
const BLIP_WINDOW = 64

/** Where the pinned model lies in the cache. */
export const BLIP_FOLDER = `captioners/blip-${BLIP.revision.slice(0, 8)}`

interface BlipInput {
  readonly config: Config
  readonly paths: PlanContext['paths']
  readonly workingDirectory: string
  readonly device: DevicePlan
}

function planBlip(
  { folder: own, isThere, digest }: Extract<CaptionerFact, { kind: 'blip' }>,
  { config, paths, workingDirectory, device }: BlipInput,
): Captioner {
  const folder = own ?? `{cache}/${BLIP_FOLDER}`
  const python = (script: string, args: readonly string[]): Command => ({
    ...planPythonCommand({ config, paths }, script, { args, environment: deviceEnvironment(device) }),
    cwd: workingDirectory,
  })
  const caption = python('caption_blip.py', [
    '--model',
    folder,
    ...(device.device === 'cpu' ? ['--device', 'cpu'] : []),
  ])
  const fetch = own === null && !isThere ? [planFetch({ config, paths }, workingDirectory, folder)] : []
  return {
    name: 'BLIP',
    identity: `blip ${BLIP_VERSION} ${digest}`,
    commands: [...fetch, caption],
    perStart: Infinity,
    window: BLIP_WINDOW,
    isOwnProgram: false,
  }
}

function planFetch(
  { config, paths }: Pick<BlipInput, 'config' | 'paths'>,
  cwd: string,
  folder: string,
): Command {
  const program = (name: string) => posix.join(paths.packageRoot, 'python', name)
  const files = BLIP.files.flatMap((name) => ['--file', name])
  const model = ['--repo', BLIP.repo, '--revision', BLIP.revision, '--output', `${folder}.partial`]
  return {
    file: paths.python,
    args: [program('launch.py'), program('fetch_model.py'), ...model, ...files],
    ...environmentKindOf(config).programs,
    cwd,
  }
}

/** `BLIP (1.9 GB to fetch, BSD-3-Clause)`; null where captions are no program's. */
export function describeCaptioner(
  { dataset: { captions } }: Pick<Config, 'dataset'>,
  found: CaptionerFact | null,
): string | null {
  if ('command' in captions) return nameProgram(captions.command)
  if (!('model' in captions)) return null
  if (found?.kind !== 'blip') return 'BLIP'
  if (found.folder !== null) return `BLIP (${found.folder})`
  return `BLIP (${BLIP.repo}, ${formatGigabytes(BLIP.weightBytes)}${found.isThere ? '' : ' to fetch'}, ${BLIP.licence})`
}
