/** What was observed before planning: `facts.ts` gathers it. Plain data, so that planning can be tested with tables. */
import type { TrackerName } from './environment/trackers.ts'
import type { SourceKind } from './sources/index.ts'
import type { ModelFact } from './observed-model.ts'
import type { StampFact } from './stamp.ts'
import type { TrainingSettings } from './training-settings.ts'

export type * from './observed-model.ts'

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
  /** The Python that the person brings; null where the kit makes its own environment. */
  readonly ownPython: OwnPythonFact | null
  /** What the text of a local training script says; null: the pinned one is used, or the file can't be read. */
  readonly script: ScriptFact | null
  /** By their names. */
  readonly trackers: Readonly<Record<TrackerName, TrackerFact>>
  /** The cards that nvidia-smi lists, in its order, which is that of the PCI bus. */
  readonly gpus: readonly GpuFact[]
  readonly cuda: CudaFact
  readonly network: NetworkFact
  /** What the config's annotator needs and what of it is there; null when it needs nothing. */
  readonly annotator: AnnotatorFact | null
  readonly source: SourceFact
  /** What writes the captions, where that is a program or a model; else null. */
  readonly captioner: CaptionerFact | null
  /**
   * Of the base model's tokenizer, where captions are left out by their length: changes with what it counts. Null where it
   * is not there, or not asked for.
   */
  readonly tokenizer: string | null
  /** The base model's folder: the person's own, or its place in the cache, where it need not be yet. Null: not looked at. */
  readonly baseModel: ModelFact | null
  /** The ControlNet that the training starts from; null where the config names none. */
  readonly startControlnet: ModelFact | null
  /** By stamp path. A path without a stamp is absent. */
  readonly stamps: Readonly<Record<string, StampFact>>
  readonly manifest: ManifestFact | null
  /** Where these folders are, or will be, once links on the way are followed. */
  readonly realPaths: { readonly dataset: string; readonly cache: string }
  /** The file systems that hold the folders (or their nearest parents that are there). */
  readonly disks: Readonly<Record<'dataset' | 'runs' | 'cache', DiskFact>>
  /** Fingerprints of the datasets that the trainer has copied into its cache. */
  readonly datasetCopies: readonly string[]
  /** Folders that the plan writes into and that can't be written, with the system's reason. */
  readonly unwritable: readonly { readonly path: string; readonly reason: string }[]
  /** Names in the dataset folder that a dataset would replace and that are not the kit's. */
  readonly foreign: readonly string[]
  /** Local files that the config names, by absolute path: null when they are missing. */
  readonly files: Readonly<Record<string, FileFact | null>>
  /** Run folders in `runs` whose `run.json` is there and can't be read, absolute. */
  readonly damagedRuns: readonly string[]
  /** Runs of this config's name, newest first. */
  readonly runs: readonly RunFact[]
  /** Locks and the pinned script that enter the environment's identity: sha256 of each file under `python/`. */
  readonly pythonFiles: Readonly<Record<string, string>>
}

export interface DiskFact {
  readonly freeBytes: number
  /** The same number: the same file system. */
  readonly device: number
}

export interface AnnotatorFact {
  /** Names the network, for fingerprints; known from the first fetch on. */
  readonly key: string | null
  /** Where the network lies, when it is there. */
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

/** What a GPU is doing. Null where nvidia-smi does not say, as of a card that is divided (MIG). */
export interface GpuUsage {
  readonly index: number
  /** Share of the time in which it computed something. */
  readonly busyPercent: number | null
  readonly usedBytes: number | null
  readonly celsius: number | null
}

/** What `environment.python` names, and which of the packages that matter are installed for it. None of them was imported. */
export type OwnPythonFact =
  | {
      readonly ok: true
      /** As written in the config. */
      readonly given: string
      /** Absolute. */
      readonly file: string
      readonly version: string
      /** By normalised name: `huggingface-hub`. */
      readonly packages: Readonly<Record<string, string>>
      /** Which build its torch is: `cpu`, `cu130`, `rocm6.4`; null when there is none or it does not tell. */
      readonly torchBuild: string | null
    }
  | { readonly ok: false; readonly given: string; readonly found: string }

/** What the environment says of a tracker. */
export interface TrackerFact {
  readonly hasKey: boolean
  /** `offline`; null where the environment does not say. */
  readonly mode: string | null
  /** Of a server of one's own; null: the usual one. */
  readonly address: string | null
}

export interface ScriptFact {
  readonly arguments: readonly ScriptArgument[]
  /** The oldest diffusers that it takes; null when it does not say. */
  readonly oldestDiffusers: string | null
}

export interface ScriptArgument {
  /** Without its dashes. */
  readonly name: string
  /** What stands behind it on the command line: one value, nothing, or several values. */
  readonly takes: 'value' | 'nothing' | 'list'
}

/** A card, or a part of one (MIG). */
export interface GpuFact {
  /** The card's number; a part has that of its card. */
  readonly index: number
  readonly uuid: string
  readonly name: string
  /** Null when nvidia-smi does not tell it: drivers before 495 don't know the question. */
  readonly computeCapability: number | null
  readonly driver: string
  /** Null when the driver does not tell it: memory shared with the CPU, parts of cards. */
  readonly totalBytes: number | null
  readonly freeBytes: number | null
  /** A training of ours uses it. Absent: none does. */
  readonly inUse?: boolean
}

export interface CudaFact {
  /** `CUDA_VISIBLE_DEVICES` as the person set it; null when it is not set. */
  readonly visibleDevices: string | null
  /** Parts of cards that are divided (MIG); CUDA programs see these, not the card. */
  readonly parts: readonly GpuFact[]
  /** Why nvidia-smi is there and lists no cards; null when it does, or is not there. */
  readonly trouble: string | null
}

export interface SourceFact {
  readonly kind: SourceKind
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
  /** Those of them that are pictures of kinds that are not read, unless a picture of the same name is. Absent: none. */
  readonly unread?: Readonly<Record<string, number>>
  /** The commit of a Hub dataset; null elsewhere. */
  readonly revision: string | null
  /** Of Parquet files: how many are read, and which part of the whole they are. */
  readonly tables?: { readonly files: number; readonly note: string | null }
  /** Who is asked for the pictures, if they are not on this machine. */
  readonly contact?: Contact
}

/** Somebody who is asked for files. */
export interface Contact {
  /** `huggingface.co`, `mirror.corp:8443` */
  readonly host: string
  /** Where it sends readers for the files themselves, as far as that is known: `*.hf.co`. */
  readonly also: readonly string[]
  /** `proxy.corp:3128`; null: asked directly. */
  readonly proxy: string | null
  /** What in the settings keeps it from being asked. */
  readonly problem: {
    readonly code: string
    readonly found: string
    readonly expected: string
    readonly remedy: string
  } | null
}

/** Why nobody may be asked. */
export interface Offline {
  /** `HF_HUB_OFFLINE is set` */
  readonly why: string
  /** `Unset HF_HUB_OFFLINE` */
  readonly undo: string
}

export interface NetworkFact {
  /** Null: everybody may be asked. */
  readonly offline: Offline | null
  readonly hub: Contact
  /** Where the training script comes from. */
  readonly githubRaw: Contact
  /** What the cache of the Hub's own client holds whole. Looked at when offline; else false. */
  readonly inHubCache: { readonly baseModel: boolean; readonly captioner: boolean }
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
  /** What its plan decided for the machine; null when its plan can't be read. */
  readonly settings: TrainingSettings | null
  /** Newest whole checkpoint's step, or null. */
  readonly checkpoint: number | null
  /** How many whole ones there are. */
  readonly checkpoints: number
  /** Its stamps, by path with `{run}` for the run folder. */
  readonly stamps: Readonly<Record<string, StampFact>>
}
