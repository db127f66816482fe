import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Point } from '../../../src/dataset/face.ts'
import {
  canvasOver,
  createCanvas,
  fillCircle,
  fillPolygon,
  strokePolyline,
  type Canvas,
  type Colour,
} from '../../../src/dataset/raster.ts'

const WHITE: Colour = [255, 255, 255]

/** Pixels covered, as the sum of shares. */
function area({ data }: Canvas): number {
  let sum = 0
  for (let at = 0; at < data.length; at += 3) sum += data[at]! / 255
  return sum
}

/** The red of one row or the whole, as numbers of 0-255. */
function reds({ data, width }: Canvas, row: number): number[] {
  return Array.from({ length: width }, (_, x) => data[(row * width + x) * 3]!)
}

function filled(points: readonly Point[], size = 40): Canvas {
  const canvas = createCanvas(size, size)
  fillPolygon(canvas, points, WHITE)
  return canvas
}

function stroked(points: readonly Point[], width: number, closed = false, size = 40): Canvas {
  const canvas = createCanvas(size, size)
  strokePolyline(canvas, points, { width, colour: WHITE, closed })
  return canvas
}

const square = (x: number, y: number, side: number): Point[] => [
  [x, y],
  [x + side, y],
  [x + side, y + side],
  [x, y + side],
]

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
