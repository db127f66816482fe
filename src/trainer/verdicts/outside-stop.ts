/** Whether somebody else told the trainer to stop. Samples: test/fixtures/logs. Pure. */

interface Ended {
  /** The launcher's own, when a signal ended it. */
  readonly signal: string | null
  /** The last lines of stderr, without bars. */
  readonly lines: readonly string[]
}

export type StopSignal = 'SIGINT' | 'SIGTERM'

/** A closed terminal asks for the same as SIGTERM does. */
const STOPS: Readonly<Record<string, StopSignal>> = {
  ...{ SIGINT: 'SIGINT', SIGTERM: 'SIGTERM', SIGHUP: 'SIGTERM' },
  ...{ 2: 'SIGINT', 15: 'SIGTERM', 1: 'SIGTERM' },
}

/**
 * The signal by which the launcher, the trainer or one of several trainers was asked to end; null when it ended otherwise. SIGKILL
 * asks nobody: the system sends it when memory runs out.
 */
export function findOutsideStop({ signal, lines }: Ended): StopSignal | null {
  const text = lines.join('\n')
  const names = [
    signal,
    // accelerate, of its one trainer
    /^subprocess\.CalledProcessError: .* died with <Signals\.(SIG[A-Z]+): \d+>\.$/m.exec(text)?.[1],
    // torch's launcher: it was told itself, or the first of its trainers to end was
    /SignalException: Process \d+ got signal: (\d+)/.exec(text)?.[1],
    /Root Cause \(first observed failure\):[^]*?exitcode {2}: -(\d+) /.exec(text)?.[1],
  ]
  return names.map((name) => STOPS[name ?? ''] ?? null).find((stop) => stop !== null) ?? null
}
