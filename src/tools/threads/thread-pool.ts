/** A pool of threads with the same program; each request goes to the thread with the fewest requests. */
import { WorkerThread } from './worker-thread.ts'

export interface ThreadPoolOptions {
  /** The built program file. */
  readonly file: string
  /** Data that each thread is started with. */
  readonly data: unknown
  readonly size: number
  /** The most requests in one thread, including the one in work, so that the thread never waits for its next request. */
  readonly depth: number
  /** Aborting stops the threads at once; pending requests fail with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

export interface ThreadPool<Ready, Request, Reply> {
  /** How many requests the threads accept before others wait. */
  readonly width: number
  /** First message of the first thread. */
  readonly ready: Ready
  /** See `WorkerThread.ask`. */
  ask(request: Request, given?: readonly ArrayBuffer[]): Promise<Reply>
  close(): Promise<void>
}

export async function openThreadPool<Ready, Request, Reply>(
  options: ThreadPoolOptions,
): Promise<ThreadPool<Ready, Request, Reply>> {
  const { file, data, depth, signal } = options
  signal?.throwIfAborted()
  const size = Math.max(1, options.size)
  const threads = Array.from({ length: size }, () => new WorkerThread<Ready, Request, Reply>(file, data))
  const abort = (): void => threads.forEach((thread) => thread.kill(signal?.reason))
  signal?.addEventListener('abort', abort, { once: true })
  const close = async (): Promise<void> => {
    signal?.removeEventListener('abort', abort)
    await Promise.all(threads.map((thread) => thread.close()))
  }
  try {
    const [ready] = await Promise.all(threads.map((thread) => thread.ready()))
    return { width: size * depth, ready: ready as Ready, ask: spread(threads, depth), close }
  } catch (error) {
    await close()
    throw error
  }
}

interface Askable<Request, Reply> {
  ask(request: Request, given?: readonly ArrayBuffer[]): Promise<Reply>
}

function spread<Request, Reply>(
  threads: readonly Askable<Request, Reply>[],
  depth: number,
): (request: Request, given?: readonly ArrayBuffer[]) => Promise<Reply> {
  const loads = threads.map(() => 0)
  const waiting: ((thread: number) => void)[] = []
  const takePlace = (): number | Promise<number> => {
    const least = loads.indexOf(Math.min(...loads))
    if (loads[least] === depth) return new Promise((next) => waiting.push(next))
    loads[least]!++
    return least
  }
  const givePlace = (thread: number): void => {
    const next = waiting.shift()
    if (next === undefined) loads[thread]!--
    else next(thread)
  }
  return async (request, given) => {
    const thread = await takePlace()
    try {
      return await threads[thread]!.ask(request, given)
    } finally {
      givePlace(thread)
    }
  }
}
