/** Threads that work on pictures. Errors lose their class on the way between threads, so a PictureError travels as data. */
import { parentPort } from 'node:worker_threads'
import { PictureError, type PictureErrorCode } from '../images/picture-error.ts'
import { openThreadPool, type ThreadPool, type ThreadPoolOptions } from './thread-pool.ts'
import { CLOSE } from './worker-thread.ts'

type Reply<Result> =
  | { readonly type: 'done'; readonly result: Result }
  | { readonly type: 'picture-error'; readonly code: PictureErrorCode; readonly message: string }
  | { readonly type: 'error'; readonly error: unknown }

/** The other side of `serveRequests`. One picture that can't be used: `ask` fails with its PictureError. */
export async function openPictureThreads<Ready, Request, Result>(
  options: ThreadPoolOptions,
): Promise<ThreadPool<Ready, Request, Result>> {
  const pool = await openThreadPool<Ready, Request, Reply<Result>>(options)
  return {
    ...pool,
    async ask(request, given) {
      const reply = await pool.ask(request, given)
      if (reply.type === 'done') return reply.result
      if (reply.type === 'picture-error') throw new PictureError(reply.code, reply.message)
      throw reply.error
    },
  }
}

interface Service<Request, Begun, Result> {
  /** The thread's first message. */
  readonly ready: unknown
  /**
   * What can be done for a request while the one before it is still worked on, so that neither net nor decoder waits for the other.
   * At most two are begun and not answered. Without it, `work` gets the request.
   */
  begin?(request: Request): Promise<Begun>
  work(begun: Begun): Promise<Result> | Result
  /** Of a result, what goes to the other side without being copied: this side loses it. */
  give?(result: Result): readonly ArrayBufferLike[]
  close?(): Promise<void>
}

/**
 * In the thread: `work` for one request after the other, so that nothing is let go while it is in use; beside it, `begin` for the
 * next. The wish to end goes before all that waits.
 */
export function serveRequests<Request, Result, Begun = Request>(
  service: Service<Request, Begun, Result>,
): void {
  const { ready, begin, work, give, close } = service
  let [beforeLast, last]: [Promise<void>, Promise<void>] = [Promise.resolve(), Promise.resolve()]
  let isEnding = false
  parentPort?.on('message', (request: Request | typeof CLOSE) => {
    isEnding ||= request === CLOSE
    const begun = request === CLOSE || begin === undefined ? null : beforeLast.then(() => begin(request))
    // It is looked at when its turn comes.
    begun?.catch(() => undefined)
    beforeLast = last
    last = last.then(() => (request === CLOSE ? end() : answer(begun ?? (request as unknown as Begun))))
  })
  parentPort?.postMessage(ready)

  async function end(): Promise<void> {
    await close?.()
    parentPort?.close()
  }

  async function answer(begun: Promise<Begun> | Begun): Promise<void> {
    if (isEnding) return
    try {
      const result = await work(await begun)
      reply({ type: 'done', result }, give?.(result))
    } catch (error) {
      if (error instanceof PictureError)
        reply({ type: 'picture-error', code: error.code, message: error.message })
      else reply({ type: 'error', error })
    }
  }

  function reply(message: Reply<Result>, given: readonly ArrayBufferLike[] = []): void {
    parentPort?.postMessage(message, given as ArrayBuffer[])
  }
}
