/** What a failed training's last lines mean, and what helps. */
import { ToolError, UserError } from '../../errors.ts'
import type { Repair, TrainerFailure } from './failure-kind.ts'
import { FAILURE_KINDS } from './kinds/index.ts'
import { RESUME } from './remedies.ts'
import { readTrainerEnd, type TrainerEnd } from './trainer-end.ts'

export interface TrainerVerdict {
  readonly error: UserError | ToolError
  /** What the kit has to mend itself. */
  readonly repair: Repair | null
  /** The signal with which somebody else asked the trainer to stop. */
  readonly stop: StopSignal | null
}

export type StopSignal = 'SIGINT' | 'SIGTERM'

/** How many lines an error shows. */
const SHOWN = 20

/** The verdict on a failure: the first kind that recognises it, else what is known of it. */
export function judgeFailure(failure: TrainerFailure): TrainerVerdict {
  const end = readTrainerEnd(failure)
  const kind = FAILURE_KINDS.find(({ recognise }) => recognise(end))
  const unknown = unknownFailure(failure, end)
  if (kind === undefined) return { error: unknown, repair: null, stop: null }
  const { code, reason, repair = null } = kind
  const error = new UserError(kind.message(failure, end), {
    ...(reason === undefined ? {} : { reason }),
    code,
    hint: `${kind.hint(failure, end)}\nlog: ${failure.logPath}`,
    cause: unknown,
  })
  const stop = end.signal === 'SIGINT' ? 'SIGINT' : 'SIGTERM'
  return { error, repair, stop: reason === 'stopped' ? stop : null }
}

function unknownFailure(failure: TrainerFailure, { error, signal }: TrainerEnd): ToolError {
  const { step, exitCode, lines, command, logPath } = failure
  const ended = signal ?? failure.signal ?? `exit code ${exitCode}`
  const shown = lastLines(lines)
  const said = error === '' ? (shown.at(-1) ?? 'it printed nothing') : error
  return new ToolError(`Training failed at step ${step} (${ended}): ${said.trim()}`, {
    reason: 'training',
    command,
    exitCode,
    signal: failure.signal,
    lastLines: shown,
    logPath,
    hint: `Try once more: ${RESUME}`,
  })
}

/** What stands before the launcher's own traceback, which only repeats the command line. */
function lastLines(lines: readonly string[]): string[] {
  const own = lines.findIndex((line) => line.startsWith('subprocess.CalledProcessError: '))
  const start = lines.slice(0, Math.max(own, 0)).lastIndexOf('Traceback (most recent call last):')
  return (start > 0 ? lines.slice(0, start) : lines).slice(-SHOWN)
}
