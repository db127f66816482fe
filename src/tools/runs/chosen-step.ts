/** The step that a person chose for the model in place of the last one: `{run}/chosen-step.json`. */
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomic } from '../files/atomic-write.ts'
import { findModelProblem } from './checkpoint-files.ts'
import { keptStepFolder } from './fidelity-files.ts'

export interface ChosenStep {
  readonly step: number
  /** Folder with its ControlNet. */
  readonly folder: string
}

/** Null: the last step, whose weights the trainer wrote. So it is where the chosen weights are gone. */
export async function readChosenStep(run: string): Promise<ChosenStep | null> {
  const text = await readFile(join(run, FILE), 'utf8').catch(() => null)
  const step = text === null ? null : parse(text)
  if (step === null) return null
  const folder = keptStepFolder(run, step)
  return (await findModelProblem(folder)) === null ? { step, folder } : null
}

/** Null: the last step again. */
export async function writeChosenStep(run: string, step: number | null): Promise<void> {
  if (step === null) await rm(join(run, FILE), { force: true })
  else await writeFileAtomic(join(run, FILE), `${JSON.stringify({ v: 1, step })}\n`)
}

const FILE = 'chosen-step.json'

function parse(text: string): number | null {
  try {
    const { step } = JSON.parse(text) as { step?: unknown }
    return typeof step === 'number' ? step : null
  } catch {
    return null
  }
}
