import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Point } from '../../../src/faces/face.ts'
import { createCanvas, fillCircle, fillPolygon, strokePolyline } from '../../../src/raster/canvas.ts'
import { area, filled, square, stroked, WHITE } from './raster-canvas.ts'

describe('edges of the canvas', () => {
  test.each([
    ['left', [-5, 10]],
    ['right', [35, 10]],
    ['top', [10, -5]],
    ['bottom', [10, 35]],
    ['top left', [-5, -5]],
    ['bottom right', [35, 35]],
  ] as [string, Point][])('half of a square at the %s', (_, [x, y]) => {
    const inside = (from: number): number => Math.min(40, from + 10) - Math.max(0, from)
    expect(area(filled(square(x, y, 10)))).toBeCloseTo(inside(x) * inside(y), 5)
  })

  test.each([
    ['left', [-50, 10]],
    ['right', [50, 10]],
    ['above', [10, -50]],
    ['below', [10, 50]],
  ] as [string, Point][])('nothing of what lies %s', (_, [x, y]) => {
    expect(area(filled(square(x, y, 10)))).toBe(0)
    expect(area(stroked(square(x, y, 10), 4, true))).toBe(0)
  })

  test('a shape around the canvas fills it', () => {
    expect(
      area(
        filled(
          square(-1e300, -1e300, Infinity).map(([x, y]) => [clamp(x), clamp(y)]),
          7,
        ),
      ),
    ).toBe(49)
  })

  test('huge lines and points that are no numbers', () => {
    const canvas = createCanvas(20, 20)
    strokePolyline(
      canvas,
      [
        [-1e308, 10],
        [1e308, 10],
      ],
      { width: 4, colour: WHITE },
    )
    expect(area(canvas)).toBe(80)
    const holes: Point[] = [
      [2, 2],
      [NaN, 3],
      [12, 2],
      [Infinity, 5],
      [12, 12],
      [2, 12],
    ]
    expect(area(filled(holes))).toBe(100)
    fillCircle(canvas, [NaN, 3], 3, WHITE)
    fillCircle(canvas, [1e300, -1e300], 3, WHITE)
    expect(area(canvas)).toBe(80)
  })

  test('whatever the points are, it neither fails nor paints beside', () => {
    const number = fc.oneof(fc.double(), fc.double({ min: -50, max: 90, noNaN: true }))
    fc.assert(
      fc.property(fc.array(fc.tuple(number, number), { maxLength: 9 }), fc.boolean(), (points, closed) => {
        const canvas = createCanvas(40, 30)
        fillPolygon(canvas, points, [10, 20, 30])
        strokePolyline(canvas, points, { width: 3, colour: [10, 20, 30], closed })
        expect(Math.max(...canvas.data)).toBeLessThanOrEqual(30)
        expect(canvas.coverage.sums.every((sum) => sum === 0)).toBe(true)
      }),
    )
  })
})

function clamp(value: number): number {
  return Number.isFinite(value) ? value : Math.sign(value) * 1e300
}
