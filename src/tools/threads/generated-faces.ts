/** Writes generated faces in the layout of FaceSynthetics: NNNNNN.png, NNNNNN_ldmks.txt, NNNNNN_seg.png, and captions as NNNNNN.txt. */
import { mkdtemp, rename, rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { dirname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { makeFolder, syncFolder } from '../files/atomic-write.ts'
import { fileError } from '../../file-error.ts'
import { readFaceSet, type GeneratedFaces } from '../../generated-faces/generated-source.ts'
import type { GeneratedFacesTask } from './generated-faces-worker.ts'
import { programFile } from '../package-root.ts'

export interface GeneratedFacesOptions {
  /** Must not exist yet. It appears when all faces are complete. */
  readonly folder: string
  /** How many, or also of which size and kind. */
  readonly faces: GeneratedFaces
  /** The same seed gives the same files. */
  readonly seed: number
  readonly signal: AbortSignal
  /** Called after each face with the number of finished faces. */
  readonly onPicture?: (done: number) => void
}

export async function writeGeneratedFaces(options: GeneratedFacesOptions): Promise<void> {
  const { folder, seed, signal, onPicture } = options
  const faces = readFaceSet(options.faces)
  signal.throwIfAborted()
  await makeFolder(dirname(folder))
  const partial = await mkdtemp(`${folder}.partial-`).catch((error: unknown) => {
    throw fileError(error, folder)
  })
  const threads = Math.min(faces.count, availableParallelism())
  let done = 0
  const tasks = Array.from({ length: threads }, (_, first) => ({
    folder: partial,
    seed,
    first,
    step: threads,
    faces,
  }))
  try {
    await runWorkers(tasks, signal, () => onPicture?.(++done))
    await rename(partial, folder)
  } catch (error) {
    await rm(partial, { recursive: true, force: true })
    throw fileError(error, folder)
  }
  await syncFolder(dirname(folder))
}

const WORKER_FILE = programFile('generated-faces-worker')

/** The first failure, or the signal, stops all workers before this throws. */
async function runWorkers(
  tasks: GeneratedFacesTask[],
  signal: AbortSignal,
  onPicture: () => void,
): Promise<void> {
  const workers = tasks.map((workerData) => new Worker(WORKER_FILE, { workerData }))
  const stop = (): void => workers.forEach((worker) => void worker.terminate())
  signal.addEventListener('abort', stop, { once: true })
  try {
    await Promise.all(workers.map((worker) => finished(worker, signal, onPicture)))
  } finally {
    signal.removeEventListener('abort', stop)
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
}

function finished(worker: Worker, signal: AbortSignal, onPicture: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.on('message', onPicture)
    worker.on('error', reject)
    worker.on('exit', (code) => {
      if (code === 0 && !signal.aborted) resolve()
      else reject(signal.aborted ? signal.reason : new Error(`a face generator thread ended with ${code}`))
    })
  })
}
