import { findRun, nameRun } from '../actions/runs/find-run.ts'
import { observeRun } from '../actions/runs/observe-run.ts'
import { stopRun } from '../actions/runs/stop-run.ts'
import { kitCommand } from '../next-step.ts'
import type { CommonFlags, Output } from './output.ts'

/** `stop [RUN]`: ends when the run has stopped; one that does not run is told. */
export async function stop(
  [given]: readonly unknown[],
  _flags: CommonFlags,
  output: Output,
): Promise<number> {
  const found = await findRun(given as string | undefined, 'stop')
  output.invoke({ run: await nameRun(found.folder) })
  let wasRunning = false
  await stopRun(found, () => {
    wasRunning = true
    output.say(`Stopping ${found.record.id}.`)
  })
  const { status, wasKilled } = await observeRun(await findRun(found.folder, 'stop'))
  if (output.json) output.printJson({ v: 1, run: status.run, status: status.status })
  else output.print(describe(status.status, { wasRunning, wasKilled, canResume: status.checkpoint !== null }))
  return 0
}

interface Ended {
  readonly wasRunning: boolean
  readonly wasKilled: boolean
  readonly canResume: boolean
}

function describe(status: string, { wasRunning, wasKilled, canResume }: Ended): string {
  if (status === 'done') return wasRunning ? 'It was done before it could be stopped.' : 'It is done.'
  const ended = wasKilled ? 'killed' : status
  const told = wasRunning ? 'Stopped.' : `It is not running: it was ${ended}.`
  const rest = canResume ? '' : ' There is no whole checkpoint yet: it starts from step 0.'
  return `${told}${rest} Go on with:  ${kitCommand('resume')}`
}
