/**
 * When a checkpoint, or the final model, is whole: as far as the ends of its files tell. Pure: the bytes are read by
 * `tools/runs/checkpoint-files.ts`.
 */
type FileKind = 'json' | 'safetensors' | 'zip'

export interface ExpectedFile {
  readonly path: string
  readonly kind: FileKind
}

export const MODEL_FILES: readonly ExpectedFile[] = [
  { path: 'config.json', kind: 'json' },
  { path: 'diffusion_pytorch_model.safetensors', kind: 'safetensors' },
]

/** In the order in which they are written: the last one proves that those before it were closed. */
export const CHECKPOINT_FILES: readonly ExpectedFile[] = [
  ...MODEL_FILES.map(({ path, kind }) => ({ path: `controlnet/${path}`, kind })),
  { path: 'optimizer.bin', kind: 'zip' },
  { path: 'scheduler.bin', kind: 'zip' },
  { path: 'random_states_0.pkl', kind: 'zip' },
]

/** The step of a folder that the trainer would take for a checkpoint; null for every other name. */
export function parseCheckpointName(name: string): number | null {
  const step = /^checkpoint-(\d+)$/.exec(name)?.[1]
  return step === undefined ? null : Number(step)
}

export interface ZipEnd {
  readonly entries: number
  /** Where the directory begins, and its length. */
  readonly offset: number
  readonly length: number
}

/** As many bytes from the end of a zip as `parseZipEnd` looks at. */
export const ZIP_TAIL = 98

const END = 0x06054b50
const END_64 = 0x06064b50
const LOCATOR_64 = 0x07064b50
const ENTRY = 0x02014b50

/** Reads the end record of a zip without a comment; null when the file was cut or is none. */
export function parseZipEnd(tail: Uint8Array, sizeBytes: number): ZipEnd | null {
  if (tail.length < 22) return null
  const bytes = view(tail)
  const at = tail.length - 22
  if (bytes.getUint32(at, true) !== END) return null
  const end = {
    entries: bytes.getUint16(at + 10, true),
    length: bytes.getUint32(at + 12, true),
    offset: bytes.getUint32(at + 16, true),
  }
  if (end.offset !== 0xffffffff && end.entries !== 0xffff) {
    return end.offset + end.length <= sizeBytes - 22 ? end : null
  }
  return parseZipEnd64(bytes, at, sizeBytes)
}

/** From 4 GiB on, the numbers stand in a second record before the first. */
function parseZipEnd64(bytes: DataView, at: number, sizeBytes: number): ZipEnd | null {
  const record = at - 20 - 56
  if (record < 0) return null
  if (bytes.getUint32(at - 20, true) !== LOCATOR_64 || bytes.getUint32(record, true) !== END_64) return null
  const number = (offset: number) => Number(bytes.getBigUint64(record + offset, true))
  const end = { entries: number(32), length: number(40), offset: number(48) }
  return end.offset + end.length <= sizeBytes - ZIP_TAIL ? end : null
}

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

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
