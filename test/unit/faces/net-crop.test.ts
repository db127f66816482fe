import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Point } from '../../../src/faces/face.ts'
import {
  cropToPicture,
  eyeDistance,
  pictureToCrop,
  planFirstCrop,
  planLevelledCrop,
} from '../../../src/faces/net-crop.ts'
import { readGoldenFace } from './golden-face.ts'

const crop = fc.record({
  centreX: fc.double({ min: -500, max: 5000, noNaN: true }),
  centreY: fc.double({ min: -500, max: 5000, noNaN: true }),
  side: fc.double({ min: 8, max: 4000, noNaN: true }),
  angle: fc.double({ min: -Math.PI, max: Math.PI, noNaN: true }),
})
const point = fc.tuple(
  fc.double({ min: -1, max: 2, noNaN: true }),
  fc.double({ min: -1, max: 2, noNaN: true }),
)

test('out of the crop and back again', () => {
  fc.assert(
    fc.property(crop, point, (square, [u, v]) => {
      const [backU, backV] = pictureToCrop(square, cropToPicture(square, [u, v]))
      expect(backU).toBeCloseTo(u, 6)
      expect(backV).toBeCloseTo(v, 6)
    }),
  )
})

test('the first crop is the upright square around the box', () => {
  const square = planFirstCrop({ x: 10, y: 20, width: 30, height: 50 })
  expect(square).toEqual({ centreX: 25, centreY: 45, side: 50, angle: 0 })
  expect(cropToPicture(square, [0, 0])).toEqual([0, 20])
  expect(cropToPicture(square, [1, 1])).toEqual([50, 70])
})

test('the levelled crop turns, moves and grows with the face', () => {
  const face = readGoldenFace()
  const level = planLevelledCrop(face, 1.15)
  const angle = fc.double({ min: -3, max: 3, noNaN: true })
  const scale = fc.double({ min: 0.1, max: 10, noNaN: true })
  fc.assert(
    fc.property(angle, scale, fc.integer({ min: -500, max: 500 }), (turn, growth, shift) => {
      const move = ([x, y]: Point): Point => [
        growth * (x * Math.cos(turn) - y * Math.sin(turn)) + shift,
        growth * (x * Math.sin(turn) + y * Math.cos(turn)) - shift,
      ]
      const moved = planLevelledCrop(face.map(move), 1.15)
      const [centreX, centreY] = move([level.centreX, level.centreY])
      expect(moved.centreX).toBeCloseTo(centreX, 5)
      expect(moved.centreY).toBeCloseTo(centreY, 5)
      expect(moved.side).toBeCloseTo(level.side * growth, 5)
      expect(Math.cos(moved.angle - level.angle - turn)).toBeCloseTo(1, 9)
    }),
  )
})

test('in the levelled crop the eyes are level, and the face fills the middle', () => {
  const face = readGoldenFace()
  const inside = face.map((each) => pictureToCrop(planLevelledCrop(face, 1.3), each))
  const height = (first: number): number => inside.slice(first, first + 6).reduce((sum, [, v]) => sum + v, 0)
  expect(height(36)).toBeCloseTo(height(42), 9)
  for (const [u, v] of inside) expect(Math.min(u, v, 1 - u, 1 - v)).toBeGreaterThan(0)
})

test('the distance of the outer eye corners', () => {
  const points = Array.from({ length: 68 }, (): Point => [0, 0])
  points[36] = [10, 10]
  points[45] = [40, 50]
  expect(eyeDistance(points)).toBe(50)
})
