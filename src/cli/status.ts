import { findRun, nameRun } from '../actions/runs/find-run.ts'
import { observeRun } from '../actions/runs/observe-run.ts'
import { formatRunStatus } from '../ui/run-status.ts'
import type { CommonFlags, Output } from './output.ts'

/** `status [RUN]`: what a run is doing; exit code 0 whatever that is. */
export async function status(
  [given]: readonly unknown[],
  _flags: CommonFlags,
  output: Output,
): Promise<number> {
  const found = await findRun(given as string | undefined, 'status')
  output.invoke({ run: await nameRun(found.folder) })
  const observed = await observeRun(found)
  if (output.json) output.printJson(observed.status)
  else {
    const { color, columns } = output
    const folder = output.here(found.folder)
    output.print(formatRunStatus(observed, { color, columns, nowMs: Date.now(), folder }))
  }
  return 0
}
