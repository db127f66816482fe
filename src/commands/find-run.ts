import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { realpath } from 'node:fs/promises'
import { UserError } from '../errors.ts'
import { readRunRecord, type RunRecord } from '../tools/files/run-folder.ts'

export interface FoundRun {
  readonly folder: string
  readonly record: RunRecord
}

/** A run by its folder or its id in `runs`; `latest` is the newest. */
export async function findRun(given: string, runs = './runs'): Promise<FoundRun> {
  for (const path of [resolve(given), join(resolve(runs), given)]) {
    if ((await stat(path).catch(() => null)) === null) continue
    const folder = await realpath(path)
    const record = await readRunRecord(folder)
    if (record !== null) return { folder, record }
  }
  throw new UserError(`There is no run ${given} in ${runs}/.`, {
    reason: 'preflight',
    code: 'run-missing',
    hint: 'Start one: controlnet-kit train, or name its folder: controlnet-kit resume runs/…',
  })
}
