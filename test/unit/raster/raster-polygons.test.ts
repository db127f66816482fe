import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Point } from '../../../src/faces/face.ts'
import { canvasOver, createCanvas, fillCircle, fillPolygon } from '../../../src/raster/canvas.ts'
import { area, filled, reds, square, WHITE } from './raster-canvas.ts'

describe('polygons', () => {
  test.each([
    ['whole pixels', square(2, 3, 5), 25],
    ['parts of pixels', square(2.25, 3.5, 5.5), 30.25],
    ['within one pixel', square(7.25, 7.25, 0.5), 0.25],
    ['turned the other way', square(2.25, 3.5, 5.5).toReversed(), 30.25],
    [
      'a triangle',
      [
        [3, 3],
        [33, 7],
        [10, 31],
      ] as Point[],
      406,
    ],
    [
      'a sliver',
      [
        [1, 1],
        [39, 2],
        [39, 2.5],
      ] as Point[],
      9.5,
    ],
    [
      'two points',
      [
        [3, 3],
        [30, 30],
      ] as Point[],
      0,
    ],
    ['no point', [], 0],
  ])('%s', (_, points, expected) => {
    // A byte holds a share to 1/510, so that a shape is exact to about a hundredth of its border's pixels.
    const canvas = filled(points)
    expect(Math.abs(area(canvas) - expected)).toBeLessThan(0.01 + 0.001 * border(points))
  })

  test('a pentagram: the middle counts once; only the pixels at its five crossings are a little off', () => {
    expect(Math.abs(area(filled(star(5, 2, 15))) - pentagramArea(15))).toBeLessThan(5 * 0.3)
    expect(Math.abs(area(filled(star(5, 2, 15))) - 2 * pentagramArea(15))).toBeGreaterThan(50)
  })

  test('each pixel has its share', () => {
    expect(reds(filled(square(2.25, 3.5, 3.5), 8), 3)).toEqual([0, 0, 96, 128, 128, 96, 0, 0])
    expect(reds(filled(square(2.25, 3.5, 3.5), 8), 4)).toEqual([0, 0, 191, 255, 255, 191, 0, 0])
  })

  test('a slanted edge has the exact area of each pixel', () => {
    // The edge from (0, 0) to (4, 1): the share right of it falls by a quarter a pixel.
    const canvas = filled(
      [
        [0, 0],
        [4, 1],
        [0, 1],
      ],
      4,
    )
    expect(reds(canvas, 0)).toEqual([223, 159, 96, 32])
  })

  test('any triangle: area by the formula', () => {
    const coordinate = fc.double({ min: 1, max: 39, noNaN: true })
    const corner = fc.tuple(coordinate, coordinate)
    fc.assert(
      fc.property(corner, corner, corner, (a, b, c) => {
        const expected = Math.abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) / 2
        expect(Math.abs(area(filled([a, b, c])) - expected)).toBeLessThan(0.01 + 0.002 * border([a, b, c]))
      }),
    )
  })

  test('what is cut off at an edge changes nothing inside', () => {
    const coordinate = fc.double({ min: -60, max: 100, noNaN: true })
    const polygon = fc.array(fc.tuple(coordinate, coordinate), { minLength: 3, maxLength: 7 })
    fc.assert(
      fc.property(polygon, (points) => {
        const small = filled(points, 40)
        const large = filled(
          points.map(([x, y]): Point => [x + 64, y + 64]),
          168,
        )
        const difference = small.data.map((value, at) => {
          const [x, y] = [Math.floor(at / 3) % 40, Math.floor(at / 120)]
          return Math.abs(value - large.data[((y + 64) * 168 + x + 64) * 3 + (at % 3)]!)
        })
        expect(Math.max(...difference)).toBeLessThanOrEqual(1)
      }),
    )
  })

  test('an edge of hardly any height does not spoil the row', () => {
    expect(
      area(
        filled([
          [1e-15, 7e-323],
          [0, 8e-323],
          [0, 0],
          [5, 0],
          [5, 5],
          [0, 5],
        ]),
      ),
    ).toBe(25)
  })

  test('an edge of hardly any width across the border covers nothing', () => {
    const sliver = filled([
      [-5e-324, 1.0000000000000003e-9],
      [0, 0],
      [5e-324, 0],
    ])
    expect(area(sliver)).toBe(0)
  })

  test('painting over a colour mixes by the share', () => {
    const canvas = canvasOver(new Uint8Array(3 * 3).fill(100), 3, 1)
    fillPolygon(
      canvas,
      [
        [0, 0],
        [1.5, 0],
        [1.5, 1],
        [0, 1],
      ],
      [200, 0, 100],
    )
    expect([...canvas.data]).toEqual([200, 0, 100, 150, 50, 100, 100, 100, 100])
  })
})

describe('circles', () => {
  test.each([0.3, 1, 3, 7.5, 15])('radius %s', (radius) => {
    const canvas = createCanvas(40, 40)
    fillCircle(canvas, [20.3, 19.6], radius, WHITE)
    expect(Math.abs(area(canvas) - Math.PI * radius * radius)).toBeLessThan(0.01 + radius * 0.01)
  })

  test.each([0, -1, NaN])('nothing of radius %s', (radius) => {
    const canvas = createCanvas(9, 9)
    fillCircle(canvas, [4, 4], radius, WHITE)
    expect(area(canvas)).toBe(0)
  })
})

function star(points: number, step: number, radius: number): Point[] {
  return Array.from({ length: points }, (_, index): Point => {
    const turn = (2 * Math.PI * index * step) / points - Math.PI / 2
    return [20 + radius * Math.cos(turn), 20 + radius * Math.sin(turn)]
  })
}

/** Area of the outline of a pentagram in a circle. */
function pentagramArea(radius: number): number {
  const inner = (radius * Math.sin(Math.PI / 10)) / Math.sin((7 * Math.PI) / 10)
  return 5 * radius * inner * Math.sin(Math.PI / 5)
}

function border(points: readonly Point[]): number {
  return points.reduce((sum, [x, y], index) => {
    const [u, v] = points[(index + 1) % points.length]!
    return sum + Math.hypot(x - u, y - v)
  }, 0)
}
