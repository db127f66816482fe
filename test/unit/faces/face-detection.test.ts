import { expect, test } from 'vitest'
import { decodeDetections } from '../../../src/faces/face-detection.ts'

const VALUES_PER_CELL = 25
const SURE = 4

/** A grid of 2 rows and 3 columns without a face, but for what `set` puts in. */
function grid(row: number, column: number, anchor: number, values: number[]) {
  const cells = new Float32Array(2 * 3 * VALUES_PER_CELL)
  for (let i = 4; i < cells.length; i += 5) cells[i] = -10
  cells.set(values, (row * 3 + column) * VALUES_PER_CELL + anchor * 5)
  return { cells, rows: 2, columns: 3 }
}

test('an anchor in the middle of a cell', () => {
  const boxes = decodeDetections(grid(1, 2, 0, [0, 0, 0, 0, SURE]), { scaleX: 1, scaleY: 1, minScore: 0.5 })
  expect(boxes).toHaveLength(1)
  const [width, height] = [1.603231 * 32, 2.094468 * 32]
  expect(boxes[0]!.x).toBeCloseTo(2.5 * 32 - width / 2, 4)
  expect(boxes[0]!.y).toBeCloseTo(1.5 * 32 - height / 2, 4)
  expect(boxes[0]!.width).toBeCloseTo(width, 4)
  expect(boxes[0]!.height).toBeCloseTo(height, 4)
  expect(boxes[0]!.score).toBeCloseTo(1 / (1 + Math.exp(-SURE)), 6)
})

test('sizes are exponents of the anchor, and all is scaled to the picture', () => {
  const output = grid(0, 0, 4, [0, 0, Math.LN2, -Math.LN2, SURE])
  const [box] = decodeDetections(output, { scaleX: 2, scaleY: 3, minScore: 0.5 })
  expect(box!.width).toBeCloseTo(9.041765 * 32 * 2 * 2, 2)
  expect(box!.height).toBeCloseTo((10.66308 * 32 * 3) / 2, 2)
  expect(box!.x + box!.width / 2).toBeCloseTo(16 * 2, 3)
  expect(box!.y + box!.height / 2).toBeCloseTo(16 * 3, 3)
})

test('what scores below the limit is left out', () => {
  const output = grid(0, 0, 0, [0, 0, 0, 0, 0.1])
  expect(decodeDetections(output, { scaleX: 1, scaleY: 1, minScore: 0.5 })).toHaveLength(1)
  expect(decodeDetections(output, { scaleX: 1, scaleY: 1, minScore: 0.6 })).toHaveLength(0)
})
