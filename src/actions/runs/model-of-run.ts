import { join, relative } from 'node:path'
import { UserError } from '../../errors.ts'
import { kitCommand } from '../../next-step.ts'
import { findModelProblem } from '../../tools/runs/checkpoint-files.ts'
import type { Facts } from '../../types.ts'
import type { FoundRun } from './find-run.ts'

/** Throws a UserError (`no-model`) unless the run has a whole model. */
export async function requireModel({ folder, record }: FoundRun): Promise<void> {
  if ((await findModelProblem(join(folder, 'model'))) === null) return
  throw new UserError(`${record.id} has no model yet.`, {
    reason: 'preflight',
    code: 'no-model',
    hint: `Go on with it: ${kitCommand('resume', { words: [relative('', folder)] })}`,
  })
}

/** Throws a UserError (`run-changed`) where the dataset is not the one that the run was trained on. */
export function requireSameDataset({ record }: FoundRun, { manifest }: Pick<Facts, 'manifest'>): void {
  const trainedOn = record.fingerprints['write-dataset']
  if (manifest !== null && manifest.fingerprint === trainedOn) return
  const what = manifest === null ? 'is gone' : 'was written anew'
  throw new UserError(
    `The dataset of ${record.id} ${what} since: its held-out rows are not known any more.`,
    {
      reason: 'preflight',
      code: 'run-changed',
      hint: `Start a new run: ${kitCommand('train')}`,
    },
  )
}
