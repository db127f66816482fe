/** What records a training, beside TensorBoard, which always does. Pure. */
import type { TrackerFact } from '../observed.ts'

interface Tracker {
  /** As in `train.trackers`. */
  readonly name: string
  /** Behind the name in the reference of the config. */
  readonly words: string
  /** Its package on the index, and the lock that has it. */
  readonly package: string
  readonly lock: string
  readonly host: string
  /** Names of the variables that tell it what it must know. Their values stand in no plan, argument or file of the kit. */
  readonly variables: { readonly key: string; readonly mode: string; readonly address: string }
  /** Further ones that it may be told. */
  readonly options: readonly string[]
  /** What it is told by the kit. */
  readonly settings: Readonly<Record<string, string>>
  /** Modes in which it keeps its records on this machine. */
  readonly offlineModes: readonly string[]
}

export const TRACKERS = [
  {
    name: 'wandb',
    words: 'Weights & Biases',
    package: 'wandb',
    lock: 'python/locks/wandb.txt',
    host: 'api.wandb.ai',
    variables: { key: 'WANDB_API_KEY', mode: 'WANDB_MODE', address: 'WANDB_BASE_URL' },
    options: ['WANDB_ENTITY', 'WANDB_NAME', 'WANDB_NOTES', 'WANDB_RUN_GROUP', 'WANDB_TAGS'],
    // Its maker is sent no reports of errors, nor the person's code.
    settings: { WANDB_ERROR_REPORTING: 'false', WANDB_DISABLE_CODE: 'true', WANDB_DISABLE_GIT: 'true' },
    offlineModes: ['offline', 'dryrun', 'disabled'],
  },
] as const satisfies readonly Tracker[]

export type TrackerName = (typeof TRACKERS)[number]['name']

export const TRACKER_NAMES: readonly TrackerName[] = TRACKERS.map(({ name }) => name)

export function trackersOf(names: readonly TrackerName[]): readonly Tracker[] {
  return TRACKERS.filter(({ name }) => names.includes(name))
}

/** Variables that the training gets from the person's environment for these trackers. */
export function trackerVariables(names: readonly TrackerName[]): string[] {
  return trackersOf(names).flatMap(({ variables, options }) => [...Object.values(variables), ...options])
}

export function trackerSettings(names: readonly TrackerName[]): Record<string, string> {
  return Object.assign({}, ...trackersOf(names).map(({ settings }) => settings)) as Record<string, string>
}

export function isOffline({ offlineModes }: Tracker, fact: TrackerFact | undefined): boolean {
  const mode = fact?.mode ?? null
  return mode !== null && offlineModes.includes(mode)
}

/** Packages that `--report_to=all` would use once they are installed: those that accelerate 1.15.0 knows, but for TensorBoard's. */
export const TRACKER_PACKAGES = [
  ...['wandb', 'comet-ml', 'aim', 'mlflow', 'mlflow-skinny', 'clearml', 'dvclive', 'swanlab', 'trackio'],
] as const
