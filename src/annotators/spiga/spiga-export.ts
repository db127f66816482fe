/** Converts SPIGA's weights to ONNX, and compares the results with those of torch. */
import { readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { LANDMARK_COUNT } from '../../faces/face.ts'
import { SPIGA_SIDE } from './spiga-crop.ts'
import {
  largestDifferencePx,
  makeSpigaRecord,
  PARITY_LIMIT_PX,
  spigaKey,
  type ExportAnswer,
} from './spiga-model-record.ts'
import { ToolError, UserError } from '../../errors.ts'
import { makeFolder, writeFileAtomic } from '../../tools/files/atomic-write.ts'
import type { FetchRecord } from '../../tools/network/fetch-once.ts'
import { packageRoot } from '../../tools/package-root.ts'
import { collectOutput, describeFailure } from '../../tools/processes/collect-output.ts'
import { spigaFolder } from './spiga-model.ts'
import { openSpigaNet } from './spiga-net.ts'

export interface SpigaWeights {
  readonly file: string
  readonly record: FetchRecord
}

interface ExportOptions {
  /** The Python of the export's environment. */
  readonly python: string
  readonly weights: SpigaWeights
  readonly signal: AbortSignal
  /** Called when the export is done and the comparison begins. */
  readonly onExported: () => void
}

/** Creates the folder only when the export is complete and the comparison has passed. */
export async function exportSpiga({ python, weights, signal, onExported }: ExportOptions): Promise<void> {
  const folder = join(spigaFolder(), spigaKey(weights.record.sha256))
  const partial = `${folder}.partial`
  await rm(partial, { recursive: true, force: true })
  await makeFolder(partial)
  try {
    const answer = await runExporter(python, { weights: weights.file, output: partial, signal })
    onExported()
    const parity = await compareWithTorch(partial, answer.reference.count)
    const record = makeSpigaRecord({ weights: weights.record, answer, parity })
    await rm(join(partial, REFERENCE_IMAGES))
    await rm(join(partial, REFERENCE_LANDMARKS))
    await writeFileAtomic(join(partial, 'spiga.json'), `${JSON.stringify(record, null, 2)}\n`)
    await rm(folder, { recursive: true, force: true })
    await rename(partial, folder)
  } finally {
    await rm(partial, { recursive: true, force: true })
  }
}

const REFERENCE_IMAGES = 'reference-images.f32'
const REFERENCE_LANDMARKS = 'reference-landmarks.f32'

interface ExporterRun {
  readonly weights: string
  readonly output: string
  readonly signal: AbortSignal
}

async function runExporter(python: string, { weights, output, signal }: ExporterRun): Promise<ExportAnswer> {
  const program = (name: string): string => join(packageRoot, 'python', name)
  const args = [program('launch.py'), program('export_spiga.py'), '--weights', weights, '--output', output]
  const command = { file: python, args, env: {}, cwd: packageRoot }
  const run = await collectOutput(command, { signal })
  const answer = parseAnswer(run.stdout)
  if (answer !== null && 'error' in answer) {
    const { code, message, hint } = answer.error
    throw new UserError(message, { code, hint })
  }
  if (run.exitCode === 0 && answer !== null) return answer
  throw new ToolError('Exporting SPIGA failed.', { reason: 'environment', ...describeFailure(command, run) })
}

type Refusal = { readonly error: { readonly code: string; readonly message: string; readonly hint: string } }

function parseAnswer(stdout: string): ExportAnswer | Refusal | null {
  try {
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as ExportAnswer | Refusal
  } catch {
    return null
  }
}

/**
 * Compares the runtime that will be used later with the unchanged network in torch. Throws a UserError when they differ by more
 * than PARITY_LIMIT_PX.
 */
async function compareWithTorch(
  folder: string,
  count: number,
): Promise<{ largestPx: number; runtime: string }> {
  const images = await readFloats(join(folder, REFERENCE_IMAGES))
  const landmarks = await readFloats(join(folder, REFERENCE_LANDMARKS))
  const net = await openSpigaNet(join(folder, 'spiga.onnx'))
  let largestPx = count > 0 ? 0 : Infinity
  try {
    for (let index = 0; index < count; index++) {
      const found = await net.locate(part(images, index, 3 * SPIGA_SIDE * SPIGA_SIDE))
      const wanted = part(landmarks, index, 2 * LANDMARK_COUNT)
      largestPx = Math.max(largestPx, largestDifferencePx(found, wanted, SPIGA_SIDE))
    }
  } finally {
    await net.close()
  }
  if (largestPx <= PARITY_LIMIT_PX) return { largestPx, runtime: net.runtime }
  throw new UserError(
    `The exported SPIGA differs from torch by ${largestPx.toPrecision(3)} px; expected at most ${PARITY_LIMIT_PX} px.`,
    { reason: 'integrity', code: 'spiga-parity', hint: 'This is a fault of the kit: please report it' },
  )
}

const part = (all: Float32Array, index: number, length: number): Float32Array =>
  all.subarray(index * length, (index + 1) * length)

async function readFloats(file: string): Promise<Float32Array> {
  const bytes = await readFile(file)
  return new Float32Array(new Uint8Array(bytes).buffer)
}
