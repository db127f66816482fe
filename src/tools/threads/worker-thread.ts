/** A worker thread with a promise interface. If it dies, its pending requests fail and the next request starts a new thread. */
import { Worker } from 'node:worker_threads'

/** Message that asks a thread to close. */
export const CLOSE = 'close'

/** Longer than any picture takes. */
const STUCK_AFTER_MS = 30_000

interface Waiting {
  resolve(reply: unknown): void
  reject(error: unknown): void
}

/** The program in `file` must send one message when it is ready, and then one reply for each request, in order. */
export class WorkerThread<Ready, Request, Reply> {
  readonly #file: string
  readonly #data: unknown
  #worker: Worker | null = null
  #ready: Promise<Ready> | null = null
  readonly #waiting: Waiting[] = []
  /** Set when the thread must not run any more; `reason` is the error for further requests. */
  #ended: { readonly reason: unknown } | null = null
  #told = false

  constructor(file: string, data: unknown) {
    this.#file = file
    this.#data = data
  }

  /** Starts the thread and returns its first message. */
  ready(): Promise<Ready> {
    this.#ready ??= this.#start()
    return this.#ready
  }

  /**
   * Several requests may wait in the thread, which works on them in order without waiting for the caller. Buffers in `given`
   * are transferred instead of copied; the caller can't use them afterwards.
   */
  async ask(request: Request, given: readonly ArrayBuffer[] = []): Promise<Reply> {
    await this.ready()
    if (this.#ended !== null) throw this.#ended.reason
    this.#worker?.postMessage(request, given)
    return (await this.#wait()) as Reply
  }

  /** Asks the thread to close, and waits for its exit. */
  async close(): Promise<void> {
    this.#ended ??= { reason: new Error('the thread is closed') }
    const worker = this.#worker
    if (worker === null) return
    const exited = new Promise((resolve) => worker.once('exit', resolve))
    this.#tellToEnd(worker)
    await exited
  }

  /** Lets all requests fail with `reason` at once; the thread stops after its current request. */
  kill(reason: unknown): void {
    this.#ended ??= { reason }
    this.#fail(reason)
    const worker = this.#worker
    if (worker === null) return
    // Terminating a thread while a net runs in it would crash the whole process.
    this.#tellToEnd(worker)
    setTimeout(() => void worker.terminate(), STUCK_AFTER_MS).unref()
  }

  #tellToEnd(worker: Worker): void {
    if (!this.#told) worker.postMessage(CLOSE)
    this.#told = true
  }

  async #start(): Promise<Ready> {
    if (this.#ended !== null) throw this.#ended.reason
    // Flags of the main program, such as --input-type, must not apply to the thread.
    const worker = new Worker(this.#file, { workerData: this.#data, execArgv: [] })
    this.#worker = worker
    worker.on('message', (reply: unknown) => this.#waiting.shift()?.resolve(reply))
    let cause: unknown = null
    worker.on('error', (error) => (cause = error))
    worker.on('exit', (code) => this.#died(code, cause))
    return (await this.#wait()) as Ready
  }

  #wait(): Promise<unknown> {
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  #died(code: number, cause: unknown): void {
    this.#worker = null
    this.#ready = null
    this.#fail(cause ?? new Error(`a thread ended with code ${code}`))
  }

  #fail(error: unknown): void {
    for (const waiting of this.#waiting.splice(0)) waiting.reject(error)
  }
}
