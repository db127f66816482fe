/** One thread of the annotator, as promises. If it dies, the picture in it fails and the next one starts a new thread. */
import { Worker } from 'node:worker_threads'
import type {
  AnnotatedPicture,
  AnnotateReply,
  AnnotateRequest,
  AnnotateWorkerData,
} from './annotate-worker.ts'
import type { NetRuntime } from './landmark-nets.ts'
import { PictureError } from './pictures.ts'

interface Waiting {
  resolve(reply: AnnotateReply): void
  reject(error: unknown): void
}

export class AnnotateThread {
  readonly #file: string
  readonly #data: AnnotateWorkerData
  #worker: Worker | null = null
  #ready: Promise<NetRuntime> | null = null
  #waiting: Waiting | null = null
  /** Set once the thread must not run any more; holds what to answer with. */
  #ended: { readonly reason: unknown } | null = null

  constructor(file: string, data: AnnotateWorkerData) {
    this.#file = file
    this.#data = data
  }

  /** Starts the thread and loads the nets. */
  ready(): Promise<NetRuntime> {
    this.#ready ??= this.#start()
    return this.#ready
  }

  /** One file at a time. */
  async annotate(file: string): Promise<AnnotatedPicture> {
    await this.ready()
    const reply = await this.#ask({ file })
    if (reply.type === 'annotated') return reply.picture
    if (reply.type === 'picture-error') throw new PictureError(reply.code, reply.message)
    throw reply.type === 'error' ? reply.error : new Error(`unexpected reply ${reply.type}`)
  }

  /** Lets the nets go and ends the thread. */
  async close(): Promise<void> {
    this.#ended ??= { reason: new Error('the annotator is closed') }
    const worker = this.#worker
    if (worker === null) return
    const exited = new Promise((resolve) => worker.once('exit', resolve))
    worker.postMessage('close' satisfies AnnotateRequest)
    await exited
  }

  /** Ends the thread now; the picture in it, and all later ones, fail with `reason`. */
  kill(reason: unknown): void {
    this.#ended ??= { reason }
    this.#fail(reason)
    void this.#worker?.terminate()
  }

  async #start(): Promise<NetRuntime> {
    if (this.#ended !== null) throw this.#ended.reason
    // Flags of the main program, such as --input-type, are not for the thread.
    const worker = new Worker(this.#file, { workerData: this.#data, execArgv: [] })
    this.#worker = worker
    worker.on('message', (reply: AnnotateReply) => {
      this.#waiting?.resolve(reply)
      this.#waiting = null
    })
    let cause: unknown = null
    worker.on('error', (error) => (cause = error))
    worker.on('exit', (code) => this.#died(code, cause))
    const reply = await this.#wait()
    if (reply.type !== 'ready') throw new Error(`unexpected reply ${reply.type}`)
    return reply.runtime
  }

  #ask(request: AnnotateRequest): Promise<AnnotateReply> {
    if (this.#ended !== null) return Promise.reject(this.#ended.reason)
    this.#worker?.postMessage(request)
    return this.#wait()
  }

  #wait(): Promise<AnnotateReply> {
    return new Promise((resolve, reject) => (this.#waiting = { resolve, reject }))
  }

  #died(code: number, cause: unknown): void {
    this.#worker = null
    this.#ready = null
    this.#fail(cause ?? new Error(`the annotator's thread ended with code ${code}`))
  }

  #fail(error: unknown): void {
    this.#waiting?.reject(error)
    this.#waiting = null
  }
}
