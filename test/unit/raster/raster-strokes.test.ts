import { describe, expect, test } from 'vitest'
import type { Point } from '../../../src/faces/face.ts'
import { area, square, stroked } from './raster-canvas.ts'

describe('strokes', () => {
  test.each([
    [
      'butt caps end where the line ends',
      stroked(
        [
          [5, 10],
          [15, 10],
        ],
        4,
      ),
      40,
    ],
    [
      'the tip of a square corner',
      stroked(
        [
          [5, 5],
          [15, 5],
          [15, 15],
        ],
        4,
      ),
      80,
    ],
    ['a closed square has four tips', stroked(square(10, 10, 10), 4, true), 14 * 14 - 6 * 6],
    ['a blunt corner keeps its tip, as large as what its legs share', stroked(corner(30), 4), 80],
    [
      'a sharp one, beyond the limit of 4, loses it',
      stroked(corner(27), 4),
      80 - 4 / tan(13.5) + 2 * sin(153),
    ],
    [
      'a point that repeats changes nothing',
      stroked(
        [
          [5, 5],
          [5, 5],
          [15, 5],
          [15, 5],
          [15, 15],
        ],
        4,
      ),
      80,
    ],
    [
      'closed, with the first point again at the end',
      stroked([...square(10, 10, 10), [10, 10]], 4, true),
      160,
    ],
    ['one point', stroked([[5, 5]], 4), 0],
    [
      'one point many times, closed',
      stroked(
        [
          [5, 5],
          [5, 5],
        ],
        4,
        true,
      ),
      0,
    ],
    [
      'thinner than a pixel',
      stroked(
        [
          [5, 10.5],
          [15, 10.5],
        ],
        0.25,
      ),
      2.5,
    ],
  ])('%s', (_, canvas, expected) => {
    expect(Math.abs(area(canvas) - expected)).toBeLessThan(0.1)
  })

  test('the mitre limit is SVG’s: 4 widths of the line', () => {
    // The tip lies width / 2 / sin(angle / 2) from the corner; at the limit that is 8 pixels, at 28.955 degrees.
    const reach = (degrees: number): number => {
      const { data } = stroked(corner(degrees), 4)
      const lit = Array.from({ length: 40 }, (_, x) => x).filter((x) => data[(20 * 40 + x) * 3]! > 60)
      return 25 - Math.min(...lit)
    }
    expect(reach(29.5)).toBeGreaterThanOrEqual(7)
    expect(reach(28.5)).toBeLessThan(2)
  })

  test('a line that turns back has no tip', () => {
    const canvas = stroked(
      [
        [5, 10],
        [25, 10],
        [15, 10],
      ],
      4,
    )
    expect(area(canvas)).toBeCloseTo(80, 0)
  })

  test('is the same in both directions', () => {
    const zigzag: Point[] = [
      [3, 5],
      [18, 9],
      [7, 21],
      [33, 30.5],
      [20, 35],
    ]
    const there = stroked(zigzag, 3.3)
    const back = stroked(zigzag.toReversed(), 3.3)
    expect(Math.max(...there.data.map((value, at) => Math.abs(value - back.data[at]!)))).toBeLessThanOrEqual(
      1,
    )
  })
})

/** Two legs of 10 pixels that meet at (25, 20) under an angle, opening to the right. */
function corner(degrees: number): Point[] {
  const half = (degrees * Math.PI) / 360
  const leg = (sign: number): Point => [25 + 10 * Math.cos(half), 20 + sign * 10 * Math.sin(half)]
  return [leg(-1), [25, 20], leg(1)]
}

function sin(degrees: number): number {
  return Math.sin((degrees * Math.PI) / 180)
}

function tan(degrees: number): number {
  return Math.tan((degrees * Math.PI) / 180)
}
