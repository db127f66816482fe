import { listenForStop } from '../tools/processes/stop-signals.ts'

/** Does work that a signal stops: the first one aborts it, after `onFirst` told the person. */
export async function withStop<T>(
  onFirst: () => void,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = listenForStop(onFirst)
  try {
    return await work(stop.signal)
  } finally {
    stop.close()
  }
}
