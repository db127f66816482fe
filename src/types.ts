/** The words that every folder shares: commands, plans, facts and stages. See docs/architecture.md. */
import type { Config } from './config/schema.ts'
import type { ExitReason } from './errors.ts'
import type { EventBody, StageName } from './events.ts'
import type { Facts, RunFact } from './observed.ts'
import type { MemoryPlan, TimePlan, DiskPlan, CostPlan } from './plan-estimates.ts'
import type { TrainingSettings } from './training-settings.ts'

export type { Config, StageName, TrainingSettings }
export type * from './observed.ts'
export type * from './plan-estimates.ts'
export type * from './stamp.ts'

/** A program to start, as data. `env` is added to the allow-listed environment of `tools/processes/process.ts`. */
export interface Command {
  readonly file: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Names of further variables (`WANDB_API_KEY`, `PIP_*`) that it gets from the person's environment: no value stands in a plan. */
  readonly inherit?: readonly string[]
  readonly cwd: string
}

/**
 * Where everything of a config lies, absolute. What only the start of a run knows stands as `{run}` (the run folder) or
 * `{cache}` (the user's cache folder), filled in by `plan/placeholders.ts`.
 */
export interface Paths {
  /** What the kit is installed as: `python/`, `models/` and `configs/` lie here. */
  readonly packageRoot: string
  /** The source's folder or file: the user's own, or `{cache}/…` for generated ones; of a Hub dataset its name. */
  readonly source: string
  readonly dataset: string
  /** `<dataset>/annotations.ndjson` */
  readonly annotations: string
  /** `<dataset>/manifest.json` */
  readonly manifest: string
  /** `<dataset>/.cnk`: the stamps, the list of pictures, the lock. Hidden, so `datasets` ignores it. */
  readonly work: string
  /** The venv's folder. */
  readonly environment: string
  /** The venv's Python. */
  readonly python: string
  /** The training script that accelerate starts: upstream's, or `python/train.py`. */
  readonly trainerScript: string
  /** Folder with the base model in diffusers' layout (`model_index.json`, `unet/`, `vae/`, …). */
  readonly baseModel: string
  /** What a training with `controlnet_init: scaled` starts from. */
  readonly initialControlnet: string
  /** `{run}` */
  readonly run: string
  /** `{run}/output`: the trainer's `--output_dir`, which the trainer alone writes. */
  readonly output: string
  /** `{run}/model` */
  readonly model: string
  readonly runs: string
  /** What the trainer loads: the dataset's folder, or a folder of links to it where `datasets` would expand its name. */
  readonly trainingData: string
  /** `datasets`' own cache: one folder per dataset fingerprint. */
  readonly datasetsCache: string
}

/** What the pure part of a stage may look at. */
export interface PlanContext {
  readonly config: Config
  readonly facts: Facts
  readonly paths: Paths
  readonly training: TrainingMaths
  /** Whether the plan goes on to the training; `prepare` ends before it. */
  readonly trains: boolean
}

/** All that the planner sees of a stage. Pure. */
export interface StageSpec {
  readonly name: StageName
  /** For people: `write dataset`. */
  readonly title: string
  /** Where the title depends on the config. */
  readonly titleOf?: (c: PlanContext) => string
  /** Raise it when the output changes for the same inputs and settings. */
  readonly version: number
  /** Why a failure in this stage ended the run, unless the error says otherwise. */
  readonly failure: ExitReason
  /** False when this config has no such stage. */
  readonly needed: (c: PlanContext) => boolean
  /** Stages whose fingerprints enter this one's. They must stand earlier in the list. */
  readonly after: readonly StageName[]
  /** Stages that this config wants done before it although they stand later in the list; they don't enter its fingerprint. */
  readonly before?: (c: PlanContext) => readonly StageName[]
  /** What of the config its output depends on (JSON). */
  readonly settings: (c: PlanContext) => unknown
  /** What of the observed world its output depends on (JSON): sizes, times, hashes, versions. */
  readonly inputs: (c: PlanContext) => unknown
  /** Files and folders it makes. */
  readonly outputs: (c: PlanContext) => readonly string[]
  /** Where its stamp is kept. `run.ts` writes it, last of all. */
  readonly stamp: (c: PlanContext) => string
  readonly commands: (c: PlanContext) => readonly Command[]
  /** One short phrase for the plan: `1,204 pictures in photos/`. */
  readonly summary: (c: PlanContext) => string
}

export interface StageContext {
  readonly stage: PlannedStage
  readonly config: Config
  /** Placeholders filled in. */
  readonly paths: Paths
  readonly facts: Facts
  /** Resolved: its numbers are those of the dataset as written. */
  readonly plan: Plan
  readonly report: (event: EventBody) => void
  readonly signal: AbortSignal
  /** When all must be over, in milliseconds since 1970. Absent: there is no limit. */
  readonly deadlineMs?: number
}

/** What a finished stage tells about itself: `line` is what the person reads behind the check mark. */
export interface StageResult {
  readonly line: string
}

export interface Stage {
  readonly spec: StageSpec
  run(context: StageContext): Promise<StageResult>
}

/** What `run.ts` needs to carry a plan out. */
export interface RunOptions {
  readonly plan: Plan
  readonly facts: Facts
  readonly stages: readonly Stage[]
  readonly placeholders: Partial<Placeholders>
  readonly report: (event: EventBody) => void
  /** Called when the dataset settled what was an estimate. */
  readonly onResolved: (plan: Plan) => Promise<void>
  readonly signal: AbortSignal
  /** When all must be over, in milliseconds since 1970. Absent: there is no limit. */
  readonly deadlineMs?: number
}

export type StageAction = 'create' | 'reuse' | 'rebuild'

export interface PlannedStage {
  readonly name: StageName
  readonly title: string
  readonly action: StageAction
  readonly reason: string
  readonly summary: string
  readonly fingerprint: string
  readonly stamp: string
  readonly commands: readonly Command[]
  readonly outputs: readonly string[]
}

export interface Check {
  readonly code: string
  /** The config key that it is about, for naming its place; null when it is about the machine. */
  readonly path?: string | null
  readonly status: 'pass' | 'warn' | 'fail'
  readonly found: string
  readonly expected: string
  readonly remedy: string
}

/** What `models` lists and fetches: what it is, how large, under which licence. */
export interface CatalogModel {
  /** As in `models fetch NAME`. */
  readonly name: string
  /** What it is, in a few words. */
  readonly title: string
  /** What is fetched, in bytes; about. */
  readonly downloadBytes: number
  /** In one line. */
  readonly licence: string
  /** What a person should know before it is fetched, a paragraph each. */
  readonly about: readonly string[]
  /** What they have to agree to; null: nothing. */
  readonly terms: string | null
}

/** The training arithmetic. Steps are optimiser steps. Formulas: see `plan/training-maths.ts`. */
export interface TrainingMaths {
  /** Rows of the train split; an estimate until the dataset is written. */
  readonly rows: number
  /** Rows of the validation split; an estimate likewise. */
  readonly validation_rows: number
  /** What the preset and the machine decided where the config left it open. */
  readonly settings: TrainingSettings
  readonly effective_batch: number
  readonly steps_per_epoch: number
  readonly total_steps: number
  readonly checkpoints: { readonly every: number; readonly count: number }
  readonly previews: { readonly every: number; readonly count: number }
}

/** What only the start of a run knows (run folder, a free port, the user's cache), and the dataset's fingerprint. */
export interface Placeholders {
  readonly run: string
  readonly port: string
  readonly cache: string
  readonly dataset: string
}

/** The document that `plan --json` prints and `train` executes. */
export interface Plan {
  readonly v: 1
  readonly kit_version: string
  readonly name: string
  /** The config file, as given; null when none was. */
  readonly config_file: string | null
  readonly config: Config
  readonly paths: Paths
  readonly condition: {
    /** `face landmarks` */
    readonly title: string
    /** What drives the image. */
    readonly drives: string
    /** What turns any regular picture into the condition when the model is used; null: nothing does. */
    readonly from_any_picture: { readonly command: string; readonly cost: string } | null
    /** What the source gave; null while the dataset is to be written. */
    readonly made: { readonly rows: number; readonly pictures: number } | null
  }
  readonly stages: readonly PlannedStage[]
  readonly training: TrainingMaths
  /** Why `training.settings` are these, for people: `preset 24gb: the largest that fits the 25.2 GB free`. */
  readonly settings_reason: string
  /** One a card that trains; empty on the CPU. */
  readonly memory: readonly MemoryPlan[]
  /** Null when the time of the training can't be told. */
  readonly time: TimePlan | null
  readonly disk: readonly DiskPlan[]
  /** Null when the plan trains on the CPU, or nothing is left to train. */
  readonly cost: CostPlan | null
  readonly effects: {
    readonly writes: readonly string[]
    readonly contacts: readonly string[]
    readonly publishes: null
  }
  readonly checks: readonly Check[]
  /** The run that `train` prints (its stages are all `reuse`) or goes on with; null: it starts a new one. */
  readonly previous_run: { readonly id: string; readonly status: RunFact['status'] } | null
  /** Values that stay estimates until `stage` is done; `path` is a JSON Pointer into this document. */
  readonly pending: readonly { readonly path: string; readonly stage: StageName }[]
}
