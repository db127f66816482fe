/** ControlNets of single steps, kept for the evaluation: `{run}/fidelity/step-<step>/`, with 16 bits a value. */
import { copyFile, mkdir, open, readdir, rename, rm, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { formatHalfHeader, LENGTH_BYTES, safetensorsHeaderLength } from '../../formats/safetensors.ts'
import { toHalfFloats } from '../../formats/half-floats.ts'
import { MODEL_FILES } from '../../trainer/checkpoints.ts'
import { openAtomicFile } from '../files/atomic-write.ts'
import { findModelProblem } from './checkpoint-files.ts'

export interface KeptStep {
  readonly step: number
  readonly folder: string
}

/** The whole ones, by rising step. */
export async function findKeptSteps(run: string): Promise<KeptStep[]> {
  const kept: KeptStep[] = []
  for (const name of await readdir(join(run, 'fidelity')).catch(() => [])) {
    const step = /^step-(\d+)$/.exec(name)?.[1]
    const folder = join(run, 'fidelity', name)
    if (step !== undefined && (await findModelProblem(folder)) === null)
      kept.push({ step: Number(step), folder })
  }
  return kept.sort((a, b) => a.step - b.step)
}

/** Copies the ControlNet of a whole checkpoint, halved, unless that is done. The folder appears when it is whole. */
export async function keepStep(
  run: string,
  checkpoint: { readonly step: number; readonly path: string },
): Promise<void> {
  const folder = keptStepFolder(run, checkpoint.step)
  if ((await findModelProblem(folder)) === null) return
  const [config, weights] = MODEL_FILES.map(({ path }) => path) as [string, string]
  const partial = join(dirname(folder), `.step-${checkpoint.step}.partial`)
  for (const path of [partial, folder]) await rm(path, { recursive: true, force: true })
  await mkdir(partial, { recursive: true })
  await copyFile(join(checkpoint.path, 'controlnet', config), join(partial, config))
  await halveWeights(join(checkpoint.path, 'controlnet', weights), join(partial, weights))
  await rename(partial, folder)
}

/** Removes what was kept, but for these steps. */
export async function dropSteps(run: string, but: readonly number[]): Promise<void> {
  const folder = join(run, 'fidelity')
  const kept = but.map((step) => `step-${step}`)
  const names = await readdir(folder).catch(() => [])
  for (const name of names.filter((one) => !kept.includes(one)))
    await rm(join(folder, name), { recursive: true, force: true })
  if (!names.some((name) => kept.includes(name))) await rm(folder, { recursive: true, force: true })
}

export function keptStepFolder(run: string, step: number): string {
  return join(run, 'fidelity', `step-${step}`)
}

const CHUNK_BYTES = 8 << 20

/** Piece by piece, so that what else this process has to do gets its turn. Weights that have not 32 bits are copied as they are. */
async function halveWeights(from: string, to: string): Promise<void> {
  const source = await open(from)
  try {
    const length = safetensorsHeaderLength(await readAt(source, 0, LENGTH_BYTES))
    const head = length === null ? null : formatHalfHeader(await readAt(source, LENGTH_BYTES, length))
    if (head === null) return await copyFile(from, to)
    const { size } = await source.stat()
    const file = await openAtomicFile(to)
    try {
      await file.write(head)
      for (let at = LENGTH_BYTES + length!; at < size; at += CHUNK_BYTES)
        await file.write(toHalfFloats(await readAt(source, at, Math.min(CHUNK_BYTES, size - at))))
      await file.commit()
    } finally {
      await file.discard()
    }
  } finally {
    await source.close()
  }
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const { buffer, bytesRead } = await file.read({ buffer: new Uint8Array(length), position, length })
  if (bytesRead !== length) throw new Error('the weights are cut')
  return buffer
}
