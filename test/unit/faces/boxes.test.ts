import { expect, test } from 'vitest'
import { boundingBox, overlap, suppressOverlaps } from '../../../src/faces/boxes.ts'

const unit = { x: 0, y: 0, width: 10, height: 10 }

test.each([
  ['itself', unit, 1],
  ['its right half', { x: 5, y: 0, width: 5, height: 10 }, 0.5],
  ['a shifted one', { x: 5, y: 0, width: 10, height: 10 }, 1 / 3],
  ['one that touches', { x: 10, y: 0, width: 10, height: 10 }, 0],
  ['one far away', { x: 50, y: 50, width: 10, height: 10 }, 0],
])('the overlap of a box with %s', (_, other, expected) => {
  expect(overlap(unit, other)).toBeCloseTo(expected, 12)
  expect(overlap(other, unit)).toBeCloseTo(expected, 12)
})

test('of overlapping boxes the best stays, and the best comes first', () => {
  const weak = { ...unit, score: 0.6 }
  const strong = { ...unit, x: 1, score: 0.9 }
  const beside = { ...unit, x: 8, score: 0.7 }
  expect(suppressOverlaps([weak, beside, strong], 0.4)).toEqual([strong, beside])
})

test('a bounding box holds all points', () => {
  const points = [
    [3, 9],
    [-1, 4],
    [2, 5],
  ] as const
  expect(boundingBox(points)).toEqual({ x: -1, y: 4, width: 4, height: 5 })
})
