/** Stops a run from outside, as Ctrl-C in its own terminal would. */
import { setTimeout as sleep } from 'node:timers/promises'
import { UserError } from '../../errors.ts'
import { isElsewhere, isHeld, type Holder } from '../../tools/files/lock-holder.ts'
import type { FoundRun } from './find-run.ts'

/** The trainer's grace, what the system may take to end a process, and the records. */
const LONGEST_STOP_MS = 60_000
const POLL_MS = 100

/**
 * Tells the process of a run to stop and returns when it has ended; at once when none runs. `onStop` is called when it was told.
 *
 * @throws UserError (`run-elsewhere`, `run-not-yours`, `run-goes-on`)
 */
export async function stopRun({ record }: FoundRun, onStop: () => void): Promise<void> {
  const holder = record.attempts.at(-1)?.process
  if (record.status !== 'running' || holder === undefined || !(await isHeld(holder))) return
  if (isElsewhere(holder))
    throw new UserError(`${record.id} runs on ${holder.host}: a process there can't be stopped from here.`, {
      reason: 'preflight',
      code: 'run-elsewhere',
      hint: `Stop it on ${holder.host}. If that machine is certainly gone, go on with the run there or copy it here.`,
    })
  tell(holder, record.id)
  onStop()
  const giveUp = Date.now() + LONGEST_STOP_MS
  while (await isHeld(holder)) {
    if (Date.now() > giveUp) throw stillRuns(holder, record.id)
    await sleep(POLL_MS)
  }
}

function tell({ pid }: Holder, id: string): void {
  try {
    process.kill(pid, 'SIGTERM')
  } catch (cause) {
    // It ended between the look and the signal.
    if ((cause as NodeJS.ErrnoException).code === 'ESRCH') return
    throw new UserError(`${id} can't be stopped: process ${pid} belongs to another user.`, {
      reason: 'preflight',
      code: 'run-not-yours',
      hint: 'Stop it as the user who started it.',
      cause,
    })
  }
}

function stillRuns({ pid }: Holder, id: string): UserError {
  return new UserError(`${id} was told to stop, and process ${pid} still runs after a minute.`, {
    reason: 'training',
    code: 'run-goes-on',
    hint: 'A disk or GPU may hang. Wait, or stop it a second time: that kills what it started at once.',
  })
}
