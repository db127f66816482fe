/** What a plan estimates: memory, time, disk and cost, as `plan --json` prints them. */

/** What a training takes of a card, as nvidia-smi counts. */
export interface MemoryPlan {
  /** `NVIDIA H200 (GPU 0)` */
  readonly gpu: string
  readonly basis: 'measured' | 'estimated' | 'probe'
  /** Null where the driver does not tell it. */
  readonly total_bytes: number | null
  readonly free_bytes: number | null
  readonly needed_bytes: number
  /** What has to stay free besides, since the figures may miss something. */
  readonly margin_bytes: number
  /** With the margin; null: not known. */
  readonly fits: boolean | null
  /** They add up to `needed_bytes`. */
  readonly components: readonly { readonly name: string; readonly bytes: number }[]
  /** Where this does not fit: the fastest preset that does; null: none, or the config's own keys stand in its way. */
  readonly cheapest_preset: string | null
}

/** Seconds: likely limits, and what is expected. */
export interface TimeRange {
  readonly low_s: number
  readonly expected_s: number
  readonly high_s: number
}

export interface TimePart extends TimeRange {
  readonly name: string
}

/** `basis`: a table of cards, what this machine needed for the same work before, or a probe. */
export interface TimePlan extends TimeRange {
  readonly basis: 'table' | 'history' | 'probe'
  readonly parts: readonly TimePart[]
}

/** One file system that the plan writes on. */
export interface DiskPlan {
  /** A folder on it that the plan writes to, absolute. */
  readonly path: string
  readonly free_bytes: number
  readonly needed_bytes: number
  readonly fits: boolean
  readonly parts: readonly { readonly name: string; readonly bytes: number }[]
}

/** What the training would cost on a rented card. */
export interface CostRow {
  /** As `--gpu` takes it. */
  readonly gpu: string
  readonly fits: boolean
  readonly preset: string
  readonly hours: number
  readonly price_per_hour: number
  readonly total: number
}

export interface CostPlan {
  readonly currency: string
  /** Date of the prices: `2026-08`. */
  readonly as_of: string
  /** Whose prices they are. */
  readonly source: string
  /** Cheapest first; those that do not fit are last. */
  readonly rows: readonly CostRow[]
}
