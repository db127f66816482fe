/** What is kept beside SPIGA's exported network, and where it lies in the cache. Pure. */
import { createHash } from 'node:crypto'

/** Where the weights come from. The Hub keeps a history; its `main` is what the authors publish. */
export const SPIGA_WEIGHTS = {
  repo: 'aprados/spiga',
  revision: 'main',
  file: 'spiga_300wpublic.pt',
  sizeBytes: 254_281_787,
} as const

/** Raise it when python/export_spiga.py makes another network of the same weights. */
const EXPORTER_VERSION = 1

/** The largest difference of the kit's runtime from the unchanged network in torch, in pixels of the 256 × 256 square. */
export const PARITY_LIMIT_PX = 0.1

/** `<key>/spiga.json`, written last: without it there is no network. */
export interface SpigaRecord {
  readonly v: 1
  readonly weights: { readonly url: string; readonly sha256: string; readonly sizeBytes: number }
  readonly onnx: { readonly sha256: string; readonly sizeBytes: number; readonly opset: number }
  readonly exporter: { readonly version: number; readonly packages: Readonly<Record<string, string>> }
  readonly parity: {
    readonly inputs: number
    /** In pixels of the 256 × 256 square. */
    readonly largestPx: number
    readonly limitPx: number
    /** What ran the exported network: `node` (native) or `web`. */
    readonly runtime: string
  }
}

/** Names the folder of an exported network: other weights, or another exporter, are another network. */
export function spigaKey(weightsSha256: string): string {
  return createHash('sha256').update(`${weightsSha256}\n${EXPORTER_VERSION}`).digest('hex').slice(0, 16)
}

/** What `export_spiga.py` prints. */
export interface ExportAnswer {
  readonly onnx: { readonly sha256: string; readonly bytes: number }
  readonly opset: number
  readonly reference: { readonly count: number }
  readonly versions: Readonly<Record<string, string>>
}

interface RecordParts {
  readonly weights: SpigaRecord['weights']
  readonly answer: ExportAnswer
  readonly parity: { readonly largestPx: number; readonly runtime: string }
}

export function makeSpigaRecord({ weights, answer, parity }: RecordParts): SpigaRecord {
  const { url, sha256, sizeBytes } = weights
  return {
    v: 1,
    weights: { url, sha256, sizeBytes },
    onnx: { sha256: answer.onnx.sha256, sizeBytes: answer.onnx.bytes, opset: answer.opset },
    exporter: { version: EXPORTER_VERSION, packages: answer.versions },
    parity: { inputs: answer.reference.count, ...parity, limitPx: PARITY_LIMIT_PX },
  }
}

/** Null when the text is no such record. */
export function parseRecord<T extends { readonly v: 1 }>(text: string | null): T | null {
  try {
    const value = JSON.parse(text ?? '') as T | null
    return value?.v === 1 ? value : null
  } catch {
    return null
  }
}

/** The largest distance of two lists of fractions along one axis, in pixels of the square. NaN counts as endless. */
export function largestDifferencePx(a: ArrayLike<number>, b: ArrayLike<number>, side: number): number {
  if (a.length !== b.length) return Infinity
  let largest = 0
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!) * side
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Infinity : difference
  }
  return largest
}
