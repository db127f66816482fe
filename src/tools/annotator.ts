/** The embedded annotator: finds faces and their landmarks in picture files, on several threads. */
import { join } from 'node:path'
import type { AnnotatedPicture, AnnotateWorkerData } from './annotate-worker.ts'
import { AnnotateThread } from './annotate-thread.ts'
import type { AnnotatorQuality } from './find-faces.ts'
import { readLandmarkModels } from './landmark-models.ts'
import type { NetRuntime } from './landmark-nets.ts'
import { packageRoot } from './package-root.ts'

export interface Annotator {
  /** What its answers depend on (JSON). */
  readonly identity: {
    readonly name: 'embedded'
    readonly quality: AnnotatorQuality
    readonly version: number
    /** File → sha256. */
    readonly models: Readonly<Record<string, string>>
  }
  /** Native ONNX Runtime (`node`) or WebAssembly (`web`). */
  readonly runtime: NetRuntime
  /** Faces in pixels of the picture as it is meant to be seen, best first. A file that can't be used: PictureError. */
  annotate(file: string): Promise<AnnotatedPicture>
  close(): Promise<void>
}

export interface AnnotatorOptions {
  readonly quality: AnnotatorQuality
  /** Threads. */
  readonly workers: number
  /** Aborting ends the threads at once; what is under way fails with the signal's reason. */
  readonly signal?: AbortSignal
  /** Default: the native runtime where it loads. */
  readonly runtime?: NetRuntime
}

/** Raise it when the same picture gives other landmarks. */
const VERSION = 1

const WORKER_FILE = join(packageRoot, 'dist', 'tools', 'annotate-worker.js')

export async function openEmbeddedAnnotator(options: AnnotatorOptions): Promise<Annotator> {
  const { quality, signal, runtime } = options
  signal?.throwIfAborted()
  const models = await readLandmarkModels()
  const data: AnnotateWorkerData = { models, quality, runtime }
  const threads = Array.from(
    { length: Math.max(1, options.workers) },
    () => new AnnotateThread(WORKER_FILE, data),
  )
  const abort = (): void => threads.forEach((thread) => thread.kill(signal?.reason))
  signal?.addEventListener('abort', abort, { once: true })
  const close = async (): Promise<void> => {
    signal?.removeEventListener('abort', abort)
    await Promise.all(threads.map((thread) => thread.close()))
  }
  try {
    const [found = 'web'] = await Promise.all(threads.map((thread) => thread.ready()))
    return {
      identity: { name: 'embedded', quality, version: VERSION, models: models.hashes },
      runtime: found,
      annotate: spread(threads),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** Each file goes to the first thread that is free, in the order asked. */
function spread(threads: readonly AnnotateThread[]): (file: string) => Promise<AnnotatedPicture> {
  const free = [...threads]
  const waiting: ((thread: AnnotateThread) => void)[] = []
  return async (file) => {
    const thread = free.shift() ?? (await new Promise<AnnotateThread>((resolve) => waiting.push(resolve)))
    try {
      return await thread.annotate(file)
    } finally {
      const next = waiting.shift()
      if (next === undefined) free.push(thread)
      else next(thread)
    }
  }
}
