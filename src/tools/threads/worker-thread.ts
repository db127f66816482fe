/** One thread, as promises. If it dies, what it was asked fails and the next request starts a new thread. */
import { Worker } from 'node:worker_threads'

/** What a thread is sent besides its requests: the wish to end. */
export const CLOSE = 'close'

/** More than any picture takes. */
const STUCK_AFTER_MS = 30_000

interface Waiting {
  resolve(reply: unknown): void
  reject(error: unknown): void
}

/** The program in `file` sends one message when it is ready, and then one for each request, in their order. */
export class WorkerThread<Ready, Request, Reply> {
  readonly #file: string
  readonly #data: unknown
  #worker: Worker | null = null
  #ready: Promise<Ready> | null = null
  readonly #waiting: Waiting[] = []
  /** Set once the thread must not run any more; holds what to answer with. */
  #ended: { readonly reason: unknown } | null = null
  #told = false

  constructor(file: string, data: unknown) {
    this.#file = file
    this.#data = data
  }

  /** Starts the thread, and gives its first message. */
  ready(): Promise<Ready> {
    this.#ready ??= this.#start()
    return this.#ready
  }

  /**
   * Several may wait in the thread: it goes on with the next one although nobody took the last answer yet. What is given goes
   * to the thread without being copied, and is lost here.
   */
  async ask(request: Request, given: readonly ArrayBuffer[] = []): Promise<Reply> {
    await this.ready()
    if (this.#ended !== null) throw this.#ended.reason
    this.#worker?.postMessage(request, given)
    return (await this.#wait()) as Reply
  }

  /** Lets the thread end by itself. */
  async close(): Promise<void> {
    this.#ended ??= { reason: new Error('the thread is closed') }
    const worker = this.#worker
    if (worker === null) return
    const exited = new Promise((resolve) => worker.once('exit', resolve))
    this.#tellToEnd(worker)
    await exited
  }

  /** All requests fail with `reason` now; the thread ends when it is done with the one it is at. */
  kill(reason: unknown): void {
    this.#ended ??= { reason }
    this.#fail(reason)
    const worker = this.#worker
    if (worker === null) return
    // A thread that is ended by force while a net runs in it takes the whole program along.
    this.#tellToEnd(worker)
    setTimeout(() => void worker.terminate(), STUCK_AFTER_MS).unref()
  }

  #tellToEnd(worker: Worker): void {
    if (!this.#told) worker.postMessage(CLOSE)
    this.#told = true
  }

  async #start(): Promise<Ready> {
    if (this.#ended !== null) throw this.#ended.reason
    // Flags of the main program, such as --input-type, are not for the thread.
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
