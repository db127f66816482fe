/** What a way to measure says of itself. A new one is a file beside this one, its line in `index.ts`, and a condition that names it. */
import type { Point } from '../../faces/face.ts'
import type { RgbPixels } from '../../raster/rgb-pixels.ts'
import type { MeasuredError } from '../statistics.ts'

/** What was read from a picture, or what should be read from it: one of the two, as `reads` says. */
export interface Reading {
  /** Landmarks in pixels of the picture, best face first. */
  readonly faces: readonly (readonly Point[])[]
  /** The picture as a conditioning image; null where faces are read. */
  readonly condition: RgbPixels | null
}

export interface Measure {
  /** As in `evaluation.json`. */
  readonly name: 'nme' | 'edge_agreement' | 'palette_distance'
  /** For people: `landmark error`. */
  readonly title: string
  readonly reads: 'faces' | 'condition'
  readonly better: 'lower' | 'higher'
  /** For the help of a reader: what 0 and 1 mean. */
  readonly words: string
  /** One value for each thing that should be there: a face, or the whole picture. Null: not found. */
  readonly compare: (truth: Reading, seen: Reading) => readonly MeasuredError[]
}
