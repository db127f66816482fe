/** The record beside SPIGA's exported network, and the network's place in the cache. Pure. */
import { createHash } from 'node:crypto'

/** Source of the weights. The Hub repository has a history; the authors publish on `main`. */
export const SPIGA_WEIGHTS = {
  repo: 'aprados/spiga',
  revision: 'main',
  file: 'spiga_300wpublic.pt',
  sizeBytes: 254_281_787,
} as const

/** Raise it when python/export_spiga.py creates another network from the same weights. */
const EXPORTER_VERSION = 1

/**
 * Largest accepted difference between the kit's runtime and the unchanged network in torch, in pixels of the 256 × 256 square.
 */
export const PARITY_LIMIT_PX = 0.1

/** Content of `<key>/spiga.json`. The file is written last; without it the network counts as missing. */
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
    /** The runtime of the exported network: `node` (native) or `web` (WebAssembly). */
    readonly runtime: string
  }
}

/** Returns the folder name of an exported network; it differs for other weights and for another exporter version. */
export function spigaKey(weightsSha256: string): string {
  return createHash('sha256').update(`${weightsSha256}\n${EXPORTER_VERSION}`).digest('hex').slice(0, 16)
}

/** The JSON that `export_spiga.py` prints. */
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

/** Returns null when the text is not a record of version 1. */
export function parseRecord<T extends { readonly v: 1 }>(text: string | null): T | null {
  try {
    const value = JSON.parse(text ?? '') as T | null
    return value?.v === 1 ? value : null
  } catch {
    return null
  }
}

/**
 * Returns the largest difference between two lists of fractions along one axis, in pixels of the square; Infinity when there is
 * a NaN or the lengths differ.
 */
export function largestDifferencePx(a: ArrayLike<number>, b: ArrayLike<number>, side: number): number {
  if (a.length !== b.length) return Infinity
  let largest = 0
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!) * side
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Infinity : difference
  }
  return largest
}
