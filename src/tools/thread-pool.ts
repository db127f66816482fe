/** Several threads of one program: each request goes to the first one that is free, in the order asked. */
import { WorkerThread } from './worker-thread.ts'

export interface ThreadPoolOptions {
  /** The program, built. */
  readonly file: string
  /** What each thread is started with. */
  readonly data: unknown
  readonly size: number
  /** Aborting ends the threads at once; what is under way fails with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

export interface ThreadPool<Ready, Request, Reply> {
  /** How many requests are worked on at the same time. */
  readonly size: number
  /** What the first thread said when it had started. */
  readonly ready: Ready
  ask(request: Request): Promise<Reply>
  close(): Promise<void>
}

export async function openThreadPool<Ready, Request, Reply>(
  options: ThreadPoolOptions,
): Promise<ThreadPool<Ready, Request, Reply>> {
  const { file, data, signal } = options
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
    return { size, ready: ready as Ready, ask: spread(threads), close }
  } catch (error) {
    await close()
    throw error
  }
}

interface Askable<Request, Reply> {
  ask(request: Request): Promise<Reply>
}

function spread<Request, Reply>(
  threads: readonly Askable<Request, Reply>[],
): (request: Request) => Promise<Reply> {
  const free = [...threads]
  const waiting: ((thread: Askable<Request, Reply>) => void)[] = []
  return async (request) => {
    const thread = free.shift() ?? (await new Promise<Askable<Request, Reply>>((next) => waiting.push(next)))
    try {
      return await thread.ask(request)
    } finally {
      const next = waiting.shift()
      if (next === undefined) free.push(thread)
      else next(thread)
    }
  }
}
