import { join } from 'node:path'
import type { EventBody } from '../../events.ts'
import { withLock } from '../../tools/files/lock.ts'
import type { Facts, Plan, RunOptions, Stage } from '../../types.ts'
import { withStop } from '../with-stop.ts'

export interface StagesOfRun {
  /** With the stages to run alone. */
  readonly plan: Plan
  readonly facts: Facts
  readonly stages: readonly Stage[]
  /** Folder of a run that has a model. */
  readonly run: string
  /** Told to whoever is refused meanwhile. */
  readonly purpose: string
  readonly report: (event: EventBody) => void
  readonly onStop: () => void
  /** `runPlan` of `run.ts`. */
  readonly runPlan: (options: RunOptions) => Promise<void>
}

/** Runs some stages once more for a run that is there, while no training goes on in it. */
export async function runStages({ run, purpose, onStop, runPlan, ...given }: StagesOfRun): Promise<void> {
  const { plan, facts } = given
  await withLock(join(plan.paths.runs, `.${plan.name}.lock`), { purpose }, () =>
    withStop(onStop, (signal) =>
      runPlan({
        ...given,
        signal,
        placeholders: { cache: facts.cache, port: '0', run },
        onResolved: async () => undefined,
      }),
    ),
  )
}
