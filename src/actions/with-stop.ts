import { stoppedBy, StoppedError } from '../errors.ts'
import { listenForStop } from '../tools/processes/stop-signals.ts'

/**
 * Does work that a signal stops: the first one aborts it, after `onFirst` told the person. Whatever the work throws then is the
 * stop; where it can go on later, it throws a StoppedError that says so.
 */
export async function withStop<T>(
  onFirst: () => void,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { signal, close } = listenForStop(onFirst)
  try {
    return await work(signal)
  } catch (error) {
    if (!signal.aborted || error instanceof StoppedError) throw error
    throw stoppedBy(signal, false)
  } finally {
    close()
  }
}
