export interface CrashSeen {
  /** How many attempts were killed. */
  readonly killed: number
  /** How many were done before they could be. */
  readonly finished: number
  /** `trainer while saving` → how often. */
  readonly byMoment: Readonly<Record<string, number>>
}

export function runCrashTrial(options: {
  readonly folder: string
  readonly kills: number
  /** Kills in one run before it is carried to its end. */
  readonly killsInRun: number
  /** From 0 to 1. */
  readonly random: () => number
  readonly say?: (line: string) => void
}): Promise<CrashSeen>
