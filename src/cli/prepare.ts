import { carryOut } from './carry-out.ts'
import type { CommonFlags, Output } from './output.ts'
import { loadPlan, refuseFailedChecks } from './planning.ts'

/** `prepare [CONFIG]`: the dataset, and nothing after it. */
export async function prepare(
  [file]: readonly unknown[],
  flags: CommonFlags,
  output: Output,
): Promise<number> {
  const planned = await loadPlan({ file: file as string | undefined, flags, until: 'write-dataset' })
  refuseFailedChecks(planned)
  return carryOut({ command: 'prepare', planned, output, runFolder: null })
}
