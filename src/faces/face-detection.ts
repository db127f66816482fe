/** Decodes the raw output of the face detector. */
import type { ScoredBox } from './boxes.ts'

/** The detector divides its input into cells of this many pixels; the sides of its input are multiples of it. */
export const CELL_SIDE = 32

/** Width and height of the anchors in cells; the net was trained with these values. */
const ANCHORS = [
  [1.603231, 2.094468],
  [6.041143, 7.080126],
  [2.882459, 3.518061],
  [4.266906, 5.178857],
  [9.041765, 10.66308],
] as const
const VALUES_PER_ANCHOR = 5

interface DetectorOutput {
  /** [rows, columns, 5 anchors, (tx, ty, tw, th, objectness)], raw. */
  readonly cells: Float32Array
  readonly rows: number
  readonly columns: number
}

interface DecodeOptions {
  /** Picture pixels per detector pixel. */
  readonly scaleX: number
  readonly scaleY: number
  /** Boxes with a lower score are left out. */
  readonly minScore: number
}

/** Returns boxes in picture pixels, counted from the picture's edge. Overlapping boxes are not removed. */
export function decodeDetections(output: DetectorOutput, options: DecodeOptions): ScoredBox[] {
  const { cells, rows, columns } = output
  const boxes: ScoredBox[] = []
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      ANCHORS.forEach((anchor, index) => {
        const start = ((row * columns + column) * ANCHORS.length + index) * VALUES_PER_ANCHOR
        const values = cells.subarray(start, start + VALUES_PER_ANCHOR)
        const box = decodeAnchor(values, { row, column, anchor }, options)
        if (box !== null) boxes.push(box)
      })
    }
  }
  return boxes
}

interface AnchorPlace {
  readonly row: number
  readonly column: number
  readonly anchor: readonly [width: number, height: number]
}

function decodeAnchor(values: Float32Array, place: AnchorPlace, options: DecodeOptions): ScoredBox | null {
  const [tx = 0, ty = 0, tw = 0, th = 0, objectness = 0] = values
  const score = sigmoid(objectness)
  if (score < options.minScore) return null
  const width = Math.exp(tw) * place.anchor[0] * CELL_SIDE * options.scaleX
  const height = Math.exp(th) * place.anchor[1] * CELL_SIDE * options.scaleY
  const centreX = (place.column + sigmoid(tx)) * CELL_SIDE * options.scaleX
  const centreY = (place.row + sigmoid(ty)) * CELL_SIDE * options.scaleY
  return { x: centreX - width / 2, y: centreY - height / 2, width, height, score }
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x))
}
