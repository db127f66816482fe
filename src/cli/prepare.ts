import { carryOut } from './carry-out.ts'
import { loadOutput, type CommonFlags } from './output.ts'
import { loadPlan, refuseFailedChecks } from './planning.ts'

/** `prepare [CONFIG]`: the dataset, and nothing after it. */
export async function prepare([file]: readonly unknown[], flags: CommonFlags): Promise<number> {
  const output = loadOutput('prepare', flags)
  const planned = await loadPlan({ file: file as string | undefined, flags, until: 'write-dataset' })
  refuseFailedChecks(planned)
  return carryOut({ command: 'prepare', planned, output, runFolder: null })
}
