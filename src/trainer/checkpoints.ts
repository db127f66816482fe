/**
 * When a checkpoint, or the final model, is whole: as far as the ends of its files tell. Pure: the bytes are read by
 * `tools/runs/checkpoint-files.ts`.
 */
type FileKind = 'json' | 'safetensors' | 'zip'

export interface ExpectedFile {
  readonly path: string
  readonly kind: FileKind
}

export const WEIGHTS_FILE = 'diffusion_pytorch_model.safetensors'
export const OPTIMIZER_FILE = 'optimizer.bin'

export const MODEL_FILES: readonly ExpectedFile[] = [
  { path: 'config.json', kind: 'json' },
  { path: WEIGHTS_FILE, kind: 'safetensors' },
]

/** In the order in which they are written: the last one proves that those before it were closed. */
export const CHECKPOINT_FILES: readonly ExpectedFile[] = [
  ...MODEL_FILES.map(({ path, kind }) => ({ path: `controlnet/${path}`, kind })),
  { path: OPTIMIZER_FILE, kind: 'zip' },
  { path: 'scheduler.bin', kind: 'zip' },
  { path: 'random_states_0.pkl', kind: 'zip' },
]

/** The step of a folder that the trainer would take for a checkpoint; null for every other name. */
export function parseCheckpointName(name: string): number | null {
  const step = /^checkpoint-(\d+)$/.exec(name)?.[1]
  return step === undefined ? null : Number(step)
}

const ENTRY = 0x02014b50

/** Whether the directory of a zip that PyTorch wrote is whole: all entries there, none compressed. */
export function isZipDirectory(directory: Uint8Array, entries: number): boolean {
  const bytes = view(directory)
  let at = 0
  for (let entry = 0; entry < entries; entry++) {
    if (at + 46 > directory.length || bytes.getUint32(at, true) !== ENTRY) return false
    if (bytes.getUint16(at + 10, true) !== 0) return false
    at +=
      46 + bytes.getUint16(at + 28, true) + bytes.getUint16(at + 30, true) + bytes.getUint16(at + 32, true)
  }
  return entries > 0 && at === directory.length
}

/**
 * Whether the optimiser's file holds as many entries as its network needs: AdamW keeps at least two for each tensor. An interrupted
 * write leaves a zip that reads well and holds a few of them.
 */
export function holdsOptimizer(entries: number, tensors: number): boolean {
  return entries >= 2 * tensors
}

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
