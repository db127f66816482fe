import { killNow } from './process.ts'

export interface StopSignals {
  /** Aborted by the first signal, with its name as the reason. */
  readonly signal: AbortSignal
  close(): void
}

/** The first Ctrl-C, SIGTERM or SIGHUP asks for a stop; the second kills what still runs, at once. */
export function listenForStop(onFirst: () => void): StopSignals {
  const controller = new AbortController()
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  const listen = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) return killNow()
    onFirst()
    controller.abort(name === 'SIGINT' ? 'SIGINT' : 'SIGTERM')
  }
  for (const name of names) process.on(name, listen)
  return {
    signal: controller.signal,
    close: () => names.forEach((name) => process.off(name, listen)),
  }
}
