/** What a failed training's last lines mean, and what helps. Text guessed from samples: test/fixtures/logs. */
import { ToolError, UserError, type ExitReason } from '../../errors.ts'
import { findPythonFileError } from '../../environment/python-file-errors.ts'
import { environmentKindOf } from '../../environment/kinds.ts'
import { kitCommand, setWords } from '../../next-step.ts'
import type { Config, Facts, TrainingSettings } from '../../types.ts'
import { findSmallerSettings } from '../../presets/smaller-settings.ts'
import { planModelParts } from '../base-model/model-parts.ts'
import { ON_THE_CPU } from '../../environment/torch-backend.ts'
import { findCause } from './trainer-cause.ts'

export interface TrainerFailure {
  /** The last lines of stderr, without bars and secrets; some hundred are enough. */
  readonly lines: readonly string[]
  readonly exitCode: number | null
  readonly signal: string | null
  readonly command: string
  readonly logPath: string
  /** The last optimiser step that was seen. */
  readonly step: number
  /** That the run used. */
  readonly settings: TrainingSettings
  readonly config: Pick<Config, 'train' | 'dataset' | 'base_model' | 'environment'>
  /** As far as it was observed; else the sizes of a model that is known. */
  readonly models?: Partial<Pick<Facts, 'baseModel' | 'startControlnet'>>
}

interface FailureClass {
  readonly code: string
  readonly pattern: RegExp
  readonly reason?: ExitReason
  readonly message: (failure: TrainerFailure, cause: string) => string
  readonly hint: string | ((failure: TrainerFailure) => string)
}

/** Code of the error when a package is missing from the environment. */
export const INCOMPLETE_ENVIRONMENT = 'missing-package'

/** How many lines an error shows. */
const SHOWN = 20

/** The error that a failed training becomes, by what its last lines say. */
export function trainerError(failure: TrainerFailure): UserError | ToolError {
  const cause = findCause(failure.lines)
  const text = [cause, ...failure.lines].join('\n')
  const known =
    findFileFailure(cause) ?? CLASSES.find(({ pattern }) => pattern.test(text)) ?? findFileFailure(text)
  if (known === null) return unknownFailure(failure, cause)
  return new UserError(known.message(failure, cause), {
    ...(known.reason === undefined ? {} : { reason: known.reason }),
    code: known.code,
    hint: `${typeof known.hint === 'string' ? known.hint : known.hint(failure)}\nlog: ${failure.logPath}`,
    cause: unknownFailure(failure, cause),
  })
}

type KnownFailure = Pick<FailureClass, 'code' | 'reason' | 'message' | 'hint'>

function findFileFailure(text: string): KnownFailure | null {
  const found = findPythonFileError(text)
  if (found === null) return null
  const { code, message, hint } = found
  return {
    code,
    message: (failure) => `${message} (${atStep(failure)}).`,
    hint: `${hint}, then: ${kitCommand('resume')}. The newest checkpoint may be unfinished; it is left out.`,
  }
}

function unknownFailure(failure: TrainerFailure, cause: string): ToolError {
  const ended = failure.signal === null ? `exit code ${failure.exitCode}` : failure.signal
  const said = cause === '' ? '' : `: ${cause}`
  return new ToolError(`Training failed at step ${failure.step} (${ended})${said}`, {
    reason: 'training',
    command: failure.command,
    exitCode: failure.exitCode,
    signal: failure.signal,
    lastLines: lastLines(failure.lines),
    logPath: failure.logPath,
  })
}

/** What stands before the launcher's own traceback, which only repeats the command line. */
function lastLines(lines: readonly string[]): string[] {
  const own = lines.findIndex((line) => line.startsWith('subprocess.CalledProcessError: '))
  const start = lines.slice(0, Math.max(own, 0)).lastIndexOf('Traceback (most recent call last):')
  return (start > 0 ? lines.slice(0, start) : lines).slice(-SHOWN)
}

const atStep = ({ step }: TrainerFailure): string =>
  step === 0 ? 'before the first step' : `after step ${step}`

/** More memory is wanted than there is; the number is PyTorch's own. */
function memoryMessage(failure: TrainerFailure, cause: string): string {
  const wanted = /Tried to allocate ([\d.]+ [KMG]iB)/.exec(cause)?.[1]
  const total = /total capacity of ([\d.]+ [KMG]iB)/.exec(cause)?.[1]
  const facts = [wanted && `it asked for ${wanted} more`, total && `the card has ${total}`]
    .filter(Boolean)
    .join('; ')
  return `Training ran out of GPU memory ${atStep(failure)}${facts === '' ? '.' : `: ${facts}.`}`
}

/** Goes on with the run: who reads the pictures changes nothing that is learned. */
const ONE_READER = kitCommand('train', { set: { 'train.dataloader_num_workers': 0 } })

const OTHER_PROGRAMS = 'See with nvidia-smi whether other programs use the card.'

/** Settings that take less than those of the run; they exist, and the run can go on with them. */
function memoryHint({ settings, config, models = {}, step }: TrainerFailure): string {
  const model = planModelParts(config, models)
  const smaller = findSmallerSettings({ settings, config, model, roomBytes: null, keepsOptimiser: step > 0 })
  if (smaller !== null)
    return `${OTHER_PROGRAMS} Less memory, and the same is learned: ${kitCommand('train', { set: smaller.set })}`
  const smallest = `No other setting takes less: ${setWords({ 'train.preset': 'cpu' })} trains on the CPU.`
  return `${OTHER_PROGRAMS} ${smallest}`
}

/** First match counts: the special before the general. */
const CLASSES: readonly FailureClass[] = [
  {
    code: 'gpu-memory',
    reason: 'gpu-memory',
    pattern: /OutOfMemoryError|CUDA out of memory|CUBLAS_STATUS_ALLOC_FAILED|CUDNN_STATUS_ALLOC_FAILED/,
    message: memoryMessage,
    hint: memoryHint,
  },
  {
    code: 'disk-full',
    // PyTorch's writer does not say why: most often it is this.
    pattern: /enforce fail at inline_container|iostream error|PytorchStreamWriter failed/,
    message: (failure) => `The disk is full (${atStep(failure)}).`,
    hint: `Free some space, then: ${kitCommand('resume')}. The newest checkpoint may be unfinished; it is left out.`,
  },
  {
    code: 'gpu-driver',
    reason: 'environment',
    pattern:
      /driver on your system is too old|Found no NVIDIA driver|CUDA driver version is insufficient|no kernel image is available|not compatible with the current PyTorch installation|not compiled with CUDA enabled/,
    message: (_, cause) => `The GPU can't be used with this build of torch: ${cause}`,
    hint: `Update the NVIDIA driver. ${ON_THE_CPU}`,
  },
  {
    code: 'gpu-fault',
    pattern:
      /device-side assert triggered|illegal memory access|unspecified launch failure|AcceleratorError|GPU is lost|fallen off the bus/,
    message: (failure, cause) => `The GPU failed ${atStep(failure)}: ${cause}`,
    hint: `Try once more with: ${kitCommand('resume')}. When it happens again, look at dmesg for Xid messages.`,
  },
  {
    code: 'processes-disconnected',
    pattern: /Watchdog caught collective operation timeout|DistBackendError|unhandled cuda error/,
    message: (failure) => `The training processes lost each other ${atStep(failure)}.`,
    hint: `Go on with: ${kitCommand('resume')}. Long previews make the others wait: raise train.validation_steps.`,
  },
  {
    code: 'shared-memory',
    pattern: /DataLoader worker .* Bus error|out of shared memory|received 0 items of ancdata/,
    message: () => 'The data workers have too little shared memory.',
    hint: `Give the container more (--shm-size=2g), or: ${ONE_READER}`,
  },
  {
    code: INCOMPLETE_ENVIRONMENT,
    reason: 'environment',
    pattern: /^(ImportError|ModuleNotFoundError|importlib\.metadata\.PackageNotFoundError)\b/,
    message: (_, cause) => `The Python environment is not complete: ${cause}`,
    hint: ({ config }) => `${environmentKindOf(config).whenIncomplete}: ${kitCommand('resume')}`,
  },
  {
    code: 'trainer-data',
    pattern:
      /UnidentifiedImageError|image file is truncated|`--\w+_column` value|Caption column `|ArrowInvalid|DatasetGenerationError/,
    message: (_, cause) => `The trainer can't read the dataset: ${cause}`,
    hint: `Write it anew: ${kitCommand('prepare')}`,
  },
  {
    code: 'trainer-killed',
    pattern: /died with <Signals\.SIGKILL|exitcode {2}: -9 |\(exitcode: -9\)/,
    message: (failure) =>
      `The trainer was killed from outside ${atStep(failure)}, most likely for want of memory (RAM).`,
    hint: ({ settings }) =>
      `Close other programs, then: ${kitCommand('resume')}` +
      (settings.dataloader_num_workers === 0 ? '' : `. Or decode pictures in one process: ${ONE_READER}`),
  },
  {
    code: 'trainer-crashed',
    pattern: /died with <Signals\.SIG(SEGV|ABRT|BUS|ILL|FPE)|exitcode {2}: -(11|6|7) /,
    message: (failure) => `The trainer crashed ${atStep(failure)}.`,
    hint: `Go on with: ${kitCommand('resume')}`,
  },
]
