/** Which step `evaluate --best` makes the model, with its weights at hand. */
import { join, relative } from 'node:path'
import { UserError } from '../../errors.ts'
import type { Evaluation } from '../../evaluation/evaluation-document.ts'
import { findCheckpoints, findModelProblem } from '../../tools/runs/checkpoint-files.ts'
import { writeChosenStep } from '../../tools/runs/chosen-step.ts'
import { keepStep, keptStepFolder } from '../../tools/runs/fidelity-files.ts'

export interface BestStep {
  readonly step: number
  /** Whether it is the model already. */
  readonly isModel: boolean
}

/** Throws a UserError where no step is the best, or its weights are gone. `lastStep`: whose weights the trainer wrote. */
export async function chooseBestStep(
  run: string,
  { best, step }: Pick<Evaluation, 'best' | 'step'>,
  lastStep: number,
): Promise<BestStep> {
  if (best === null) {
    throw new UserError('No step is the best one: none of them has a figure.', {
      reason: 'training',
      code: 'no-best-step',
      hint: 'Train longer, or look at the pictures: docs/evaluate.md.',
    })
  }
  if (best === step) return { step: best, isModel: true }
  if (best !== lastStep) await makeWeights(run, best)
  return { step: best, isModel: false }
}

async function makeWeights(run: string, step: number): Promise<void> {
  if ((await findModelProblem(keptStepFolder(run, step))) === null) return
  const checkpoint = (await findCheckpoints(join(run, 'output'))).find(
    (one) => one.step === step && one.whole,
  )
  if (checkpoint !== undefined) return keepStep(run, checkpoint)
  throw new UserError(`The weights of step ${step}, which is the best, are gone from ${relative('', run)}.`, {
    reason: 'preflight',
    code: 'step-gone',
    hint: 'Keep them in the next run: evaluate.keep: all',
  })
}

/** Makes a step the one that verifying takes for the model; where `work` fails, `before` is that again. `lastStep` needs no choice. */
export async function withChosenStep<T>(
  run: string,
  { step, before, lastStep }: { readonly step: number; readonly before: number; readonly lastStep: number },
  work: () => Promise<T>,
): Promise<T> {
  const choose = (one: number): Promise<void> => writeChosenStep(run, one === lastStep ? null : one)
  await choose(step)
  try {
    return await work()
  } catch (error) {
    await choose(before)
    throw error
  }
}
