/** Which checkpoints of a run are whole. */
import { open, readdir, readFile, rename, rm, stat, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import {
  CHECKPOINT_FILES,
  holdsOptimizer,
  isZipDirectory,
  MODEL_FILES,
  OPTIMIZER_FILE,
  WEIGHTS_FILE,
  parseCheckpointName,
  type ExpectedFile,
} from '../../trainer/checkpoints.ts'
import { parseEndRecord, type DirectoryPlace } from '../../formats/zip/end-record.ts'
import { ZipError } from '../../formats/zip/zip-error.ts'
import { errorCode } from '../files/lock-holder.ts'
import { readSafetensorsHeader } from '../files/safetensors-file.ts'

export interface Checkpoint {
  readonly step: number
  readonly path: string
  readonly whole: boolean
  /** What is wrong with it: `optimizer.bin is cut`. */
  readonly problem: string | null
}

/** Every `checkpoint-<step>` in a trainer's output folder, by rising step. No such folder: none. */
export async function findCheckpoints(output: string): Promise<Checkpoint[]> {
  const found: Checkpoint[] = []
  for (const name of await list(output)) {
    const step = parseCheckpointName(name)
    if (step === null) continue
    const path = join(output, name)
    const problem = await findCheckpointProblem(path)
    found.push({ step, path, whole: problem === null, problem })
  }
  return found.sort((a, b) => a.step - b.step)
}

/** What keeps a folder from being a whole model, or null. */
export function findModelProblem(folder: string): Promise<string | null> {
  return findProblem(folder, MODEL_FILES)
}

/**
 * Renames everything that the trainer would take for a checkpoint, and that is none, to `incomplete-…`, and removes the
 * halves of weight files. Gives the new names.
 */
export async function quarantineCheckpoints(output: string): Promise<string[]> {
  const whole = new Set((await findCheckpoints(output)).filter((one) => one.whole).map((one) => one.step))
  const moved: string[] = []
  for (const name of await list(output)) {
    await removeTemporary(output, name)
    for (const inside of await list(join(output, name, 'controlnet')))
      await removeTemporary(join(output, name, 'controlnet'), inside)
    const step = parseCheckpointName(name)
    if (name.startsWith('checkpoint') && (step === null || !whole.has(step)))
      moved.push(await setAside(output, name))
  }
  return moved
}

/** What safetensors writes until a file of weights is whole. */
async function removeTemporary(folder: string, name: string): Promise<void> {
  if (/^\.tmp\w{6}$/.test(name)) await rm(join(folder, name), { force: true })
}

/** Renames a checkpoint so that no trainer takes it for one: `incomplete-checkpoint-12`, or with a number behind. */
export async function setAside(output: string, name: string): Promise<string> {
  const taken = new Set(await list(output))
  let free = `incomplete-${name}`
  for (let copy = 2; taken.has(free); copy++) free = `incomplete-${name}-${copy}`
  await rename(join(output, name), join(output, free))
  return free
}

/** The trainer may remove an old one while it is looked at. */
async function findCheckpointProblem(path: string): Promise<string | null> {
  try {
    return (await findProblem(path, CHECKPOINT_FILES)) ?? (await findOptimizerProblem(path))
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 'it was removed meanwhile'
    throw error
  }
}

/** SIGINT in the middle of a save leaves a zip that is closed and holds only what was written so far. */
async function findOptimizerProblem(checkpoint: string): Promise<string | null> {
  const file = join(checkpoint, OPTIMIZER_FILE)
  const weights = await readSafetensorsHeader(join(checkpoint, 'controlnet', WEIGHTS_FILE))
  const entries = (await readZipEnd(file, (await stat(file)).size))?.entries ?? 0
  return holdsOptimizer(entries, weights?.tensors ?? 0) ? null : `${OPTIMIZER_FILE} is not complete`
}

async function findProblem(folder: string, files: readonly ExpectedFile[]): Promise<string | null> {
  for (const { path, kind } of files) {
    const problem = await fileProblem(join(folder, path), kind)
    if (problem !== null) return `${path} ${problem}`
  }
  return null
}

async function fileProblem(file: string, kind: ExpectedFile['kind']): Promise<string | null> {
  const facts = await stat(file).catch(() => null)
  if (facts === null) return 'is missing'
  if (!facts.isFile()) return 'is no file'
  if (kind === 'json') return (await isJson(file)) ? null : 'is no JSON'
  const whole =
    kind === 'zip'
      ? await isWholeZip(file, facts.size)
      : (await readSafetensorsHeader(file))?.sizeBytes === facts.size
  return whole ? null : 'is cut'
}

async function isWholeZip(file: string, size: number): Promise<boolean> {
  const end = await readZipEnd(file, size)
  if (end === null) return false
  const handle = await open(file)
  try {
    return isZipDirectory(await readBytes(handle, end.offset, end.bytes), end.entries)
  } finally {
    await handle.close()
  }
}

async function readZipEnd(file: string, size: number): Promise<DirectoryPlace | null> {
  const handle = await open(file)
  try {
    const tailLength = Math.min(size, TORCH_TAIL)
    return findDirectory(await readBytes(handle, size - tailLength, tailLength), size)
  } finally {
    await handle.close()
  }
}

/** PyTorch writes no comment behind its zips, and nothing before them. */
const TORCH_TAIL = 98

function findDirectory(tail: Uint8Array, size: number): DirectoryPlace | null {
  try {
    const place = parseEndRecord(Buffer.from(tail.buffer, tail.byteOffset, tail.byteLength), size)
    return place.prefixBytes === 0 ? place : null
  } catch (error) {
    if (error instanceof ZipError) return null
    throw error
  }
}

async function readBytes(handle: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const { buffer, bytesRead } = await handle.read({ buffer: new Uint8Array(length), position, length })
  return buffer.subarray(0, bytesRead)
}

async function isJson(file: string): Promise<boolean> {
  try {
    JSON.parse(await readFile(file, 'utf8'))
    return true
  } catch {
    return false
  }
}

async function list(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => [])
}
