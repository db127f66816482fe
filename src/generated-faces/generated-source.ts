/** The made-up faces as a source: the same on every machine, so a folder of them serves every config. */
import type { FaceKind } from './face-kinds.ts'

/** As in the config: `generated: 64`, or a mapping. */
export type GeneratedFaces = number | FaceSet

export interface FaceSet {
  readonly count: number
  /** Side of the pictures in pixels. */
  readonly size: number
  readonly kind: FaceKind
}

export const DEFAULT_FACES = { size: 512, kind: 'varied' } as const satisfies Omit<FaceSet, 'count'>

/** Raise it when the generator draws other faces from the same seed. */
const GENERATOR_VERSION = 1

/** The shipped base model was trained on faces of other seeds: scripts/shipped-base. */
export const GENERATOR_SEED = 1

export function readFaceSet(given: GeneratedFaces): FaceSet {
  return typeof given === 'number' ? { ...DEFAULT_FACES, count: given } : given
}

/** Tells one set of faces from another. */
export function formatGeneratedName(given: GeneratedFaces): string {
  return ['generated-faces', GENERATOR_VERSION, GENERATOR_SEED, ...tellApart(readFaceSet(given))].join('-')
}

/** Name of their folder in the cache. Versions of the kit before there were captions have folders of their own. */
export function formatFacesFolder(given: GeneratedFaces): string {
  return `${formatGeneratedName(given)}-captioned`
}

/** `48`, or `1000 plain 128-pixel`: to stand before `generated faces`. */
export function formatFaceSet(given: GeneratedFaces): string {
  const [count, size, kind] = tellApart(readFaceSet(given))
  return size === undefined ? count : `${count} ${kind} ${size}-pixel`
}

function tellApart({ count, size, kind }: FaceSet): [count: string, size?: string, kind?: string] {
  const isUsual = size === DEFAULT_FACES.size && kind === DEFAULT_FACES.kind
  return isUsual ? [String(count)] : [String(count), String(size), kind]
}
