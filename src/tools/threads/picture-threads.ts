/** Worker threads for pictures. Errors lose their class between threads, so a PictureError is sent as data. */
import { parentPort } from 'node:worker_threads'
import { PictureError, type PictureErrorCode } from '../images/picture-error.ts'
import { openThreadPool, type ThreadPool, type ThreadPoolOptions } from './thread-pool.ts'
import { CLOSE } from './worker-thread.ts'

type Reply<Result> =
  | { readonly type: 'done'; readonly result: Result }
  | { readonly type: 'picture-error'; readonly code: PictureErrorCode; readonly message: string }
  | { readonly type: 'error'; readonly error: unknown }

/** The counterpart of `serveRequests`. `ask` throws PictureError when the picture can't be used. */
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
   * The part of the work that can run while the previous request is still in `work`, so that neither the net nor the decoder
   * waits for the other. At most two requests are begun and not answered. Without it, `work` gets the request itself.
   */
  begin?(request: Request): Promise<Begun>
  work(begun: Begun): Promise<Result> | Result
  /** Returns the buffers of a result that are transferred instead of copied; the thread can't use them afterwards. */
  give?(result: Result): readonly ArrayBufferLike[]
  close?(): Promise<void>
}

/**
 * Runs in the thread: calls `work` for one request after the other, and `begin` for the next request in parallel. A request to
 * close has priority over waiting requests.
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
    // The error is handled when the request's turn comes.
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
