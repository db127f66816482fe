export interface KillTrialOptions {
  /** An empty folder to work in. */
  readonly folder: string
  /** How many photographs of a face. */
  readonly pictures: number
  readonly kills: number
  /** 0 to 1. */
  readonly random: () => number
  readonly say?: (line: string) => void
}

export interface KillTrialResult {
  readonly killed: number
  /** Runs that had ended before they could be killed. */
  readonly finished: number
  /** Where the runs ended. */
  readonly byStage: Readonly<Record<string, number>>
}

/** Throws with what was lost. */
export function runKillTrial(options: KillTrialOptions): Promise<KillTrialResult>
