/** The words that every folder shares: commands, plans, facts and stages. See docs/architecture.md. */
import type { Config } from './config/schema.ts'
import type { ExitReason } from './errors.ts'
import type { EventBody } from './events.ts'
import type { Placeholders } from './plan/placeholders.ts'

export type { Config }

export const STAGE_NAMES = [
  'collect-images',
  'annotate-images',
  'write-dataset',
  'create-environment',
  'fetch-trainer',
  'fetch-base-model',
  'train-controlnet',
  'verify-model',
  'evaluate-model',
  'publish-model',
] as const
export type StageName = (typeof STAGE_NAMES)[number]

/** A program to start, as data. `env` is added to the allow-listed environment of `tools/process.ts`. */
export interface Command {
  readonly file: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
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
  /** `{run}` */
  readonly run: string
  /** `{run}/output`: the trainer's `--output_dir`, which the trainer alone writes. */
  readonly output: string
  /** `{run}/model` */
  readonly model: string
  readonly runs: string
  /** `datasets`' own cache: one folder per dataset fingerprint. */
  readonly datasetsCache: string
}

/** What the pure part of a stage may look at. */
export interface PlanContext {
  readonly config: Config
  readonly facts: Facts
  readonly paths: Paths
  readonly training: TrainingMaths
}

/** All that the planner sees of a stage. Pure. */
export interface StageSpec {
  readonly name: StageName
  /** For people: `write dataset`. */
  readonly title: string
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

/** Written beside a stage's outputs when they are whole; the only proof that they are. */
export interface Stamp {
  readonly v: 1
  readonly stage: StageName
  readonly fingerprint: string
  readonly finishedAt: string
  /** The stage's closing line, so that a reused stage can say it again. */
  readonly line: string
  /** Every file under the outputs (folders walked) with its size in bytes and mtime, for telling later changes. */
  readonly files: readonly { readonly path: string; readonly sizeBytes: number; readonly mtimeMs: number }[]
}

/** A stamp as found on disk. `changed` is the first file that is gone or differs from what the stamp recorded. */
export interface StampFact {
  readonly stamp: Stamp
  readonly changed: string | null
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

export interface TrainingSettings {
  readonly preset: string
  readonly device: 'cpu' | 'cuda'
  readonly train_batch_size: number
  readonly gradient_accumulation_steps: number
  readonly mixed_precision: 'no' | 'fp16' | 'bf16'
  readonly gradient_checkpointing: boolean
  readonly dataloader_num_workers: number
  readonly num_processes: number
  readonly allow_tf32: boolean
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
  readonly memory: null
  readonly time: null
  readonly disk: null
  readonly cost: null
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

// What was observed before planning ------------------------------------------------------------------------------

export interface Facts {
  readonly kitVersion: string
  readonly packageRoot: string
  readonly workingDirectory: string
  /** The user's cache folder for the kit: `CNK_HOME`, else `~/.cache/controlnet-kit`. */
  readonly cache: string
  readonly machine: {
    readonly os: 'linux' | 'darwin' | 'win32' | 'other'
    readonly arch: string
    readonly cores: number
    readonly memoryBytes: number
  }
  readonly python: PythonFact
  readonly gpus: readonly GpuFact[]
  /** Null when the config does not ask for SPIGA. */
  readonly spiga: SpigaFact | null
  readonly source: SourceFact
  /** What writes the captions, where that is a program or a model; else null. */
  readonly captioner: CaptionerFact | null
  /** By stamp path. A path without a stamp is absent. */
  readonly stamps: Readonly<Record<string, StampFact>>
  readonly manifest: ManifestFact | null
  /** Bytes free on the file system that holds the path (or its nearest existing parent). */
  readonly freeBytes: { readonly dataset: number; readonly runs: number; readonly cache: number }
  /** Folders that the plan writes into and that can't be written, with the system's reason. */
  readonly unwritable: readonly { readonly path: string; readonly reason: string }[]
  /** Local files that the config names, by absolute path: null when they are missing. */
  readonly files: Readonly<Record<string, FileFact | null>>
  /** Runs of this config's name, newest first. */
  readonly runs: readonly RunFact[]
  /** Locks and the pinned script that enter the environment's identity: sha256 of each file under `python/`. */
  readonly pythonFiles: Readonly<Record<string, string>>
}

export interface SpigaFact {
  /** Names the network that its weights become; known from the first fetch on. */
  readonly key: string | null
  /** Where the exported network lies, when it is there. */
  readonly folder: string | null
}

export interface FileFact {
  readonly kind: 'file' | 'folder'
  readonly sizeBytes: number
  readonly mtimeMs: number
  /** Of a file, when it is small enough to be worth it (the training script); else null. */
  readonly sha256: string | null
}

/** The Python that a venv would be made with. */
export type PythonFact =
  | {
      readonly ok: true
      readonly file: string
      readonly version: string
      readonly minor: '3.11' | '3.12' | '3.13'
    }
  | {
      readonly ok: false
      readonly code: 'python-missing' | 'python-version' | 'python-venv'
      readonly found: string
    }

export interface GpuFact {
  readonly index: number
  readonly uuid: string
  readonly name: string
  readonly computeCapability: number
  readonly driver: string
  readonly totalBytes: number
  readonly freeBytes: number
}

export interface SourceFact {
  readonly kind: 'folder' | 'face_synthetics' | 'generated' | 'hub' | 'parquet' | 'pairs'
  /** As written in the config; for `generated`, the count. */
  readonly given: string
  readonly exists: boolean
  readonly pictures: number
  readonly folders: number
  readonly bytes: number
  /** Hash over relative paths, sizes and mtimes. */
  readonly digest: string
  /** Files that are no pictures, counted by extension. */
  readonly others: Readonly<Record<string, number>>
  /** The commit of a Hub dataset; null elsewhere. */
  readonly revision: string | null
  /** Of Parquet files: how many are read, and which part of the whole they are. */
  readonly tables?: { readonly files: number; readonly note: string | null }
  /** The host that the pictures come from, if not this machine. */
  readonly host?: string
}

export type CaptionerFact =
  | {
      readonly kind: 'command'
      /** Absolute path of the program; null when there is none. */
      readonly file: string | null
      /** Of the program and its script, where they are the person's own files. */
      readonly digest: string
    }
  | {
      readonly kind: 'blip'
      /** A local copy that `CNK_BLIP_MODEL` names; null: the pinned one in the cache. */
      readonly folder: string | null
      /** Whether the model is there. */
      readonly isThere: boolean
      readonly digest: string
    }

/** What the planner reads of `dataset/manifest.json`. */
export interface ManifestFact {
  readonly fingerprint: string
  readonly train: number
  readonly validation: number
}

export interface RunFact {
  readonly id: string
  readonly folder: string
  readonly status: 'running' | 'done' | 'failed' | 'stopped'
  /** Fingerprint of its train-controlnet stage. */
  readonly fingerprint: string
  /** Newest checkpoint's step, or null. */
  readonly checkpoint: number | null
  /** Its stamps, by path with `{run}` for the run folder. */
  readonly stamps: Readonly<Record<string, StampFact>>
}
