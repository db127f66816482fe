import type { Checkpoint } from '../../tools/runs/checkpoint-files.ts'
import { dropSteps, findKeptSteps, keepStep } from '../../tools/runs/fidelity-files.ts'
import type { StageContext } from '../../types.ts'

/**
 * Keeps the ControlNets of whole checkpoints, halved, for the evaluation over steps. The last step needs none: it is the model. One
 * that can't be kept is no reason to end the training.
 */
export async function keepForEvaluation(
  { config, paths, plan, report }: StageContext,
  checkpoints: readonly Checkpoint[],
): Promise<void> {
  const { enabled, keep } = config.evaluate
  if (!enabled || keep === 'none' || plan.training.validation_rows === 0) return
  for (const checkpoint of checkpoints) {
    if (!checkpoint.whole || checkpoint.step >= plan.training.total_steps) continue
    await keepStep(paths.run, checkpoint).catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error)
      const message = `The ControlNet of step ${checkpoint.step} is not kept for the evaluation: ${why}`
      report({ type: 'warning', code: 'step-not-kept', message })
    })
  }
}

/** Steps after the one that a training goes on from are made anew: what was kept of them came from checkpoints that were set aside. */
export async function forgetLaterSteps({ paths }: StageContext, start: number): Promise<void> {
  const kept = await findKeptSteps(paths.run)
  await dropSteps(
    paths.run,
    kept.map(({ step }) => step).filter((step) => step <= start),
  )
}
