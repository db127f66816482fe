import { describe, expect, test } from 'vitest'
import fc from 'fast-check'
import type { Point } from '../../../src/dataset/face.ts'
import { boundSpigaSeg, renderSpigaSegSvg, SPIGA_SEG_SHAPES } from '../../../src/dataset/spiga-seg.ts'

const face: Point[] = Array.from({ length: 68 }, (_, i) => [i, 2 * i])
const size = { width: 140, height: 150, strokeWidth: 4 }

describe('the drawing as SVG', () => {
  test('colours and ranges are those that published models were trained on', () => {
    const table = SPIGA_SEG_SHAPES.map(
      ({ from, to, area, colour }) => `${from}-${to} ${area ? 'area' : 'line'} ${colour}`,
    )
    expect(table).toEqual([
      '0-17 line #00ff00',
      '17-22 line #ffff00',
      '22-27 line #ffff00',
      '27-31 line #ffa500',
      '31-36 line #ffa500',
      '36-42 area #ff00ff',
      '42-48 area #ff00ff',
      '48-60 area #00ffff',
      '60-68 area #0000ff',
    ])
  })

  test('points move by half a pixel, areas are closed and filled, lines are neither', () => {
    const svg = renderSpigaSegSvg([face], size)
    expect(svg).toContain(
      '<path d="M17.5,34.5L18.5,36.5L19.5,38.5L20.5,40.5L21.5,42.5" fill="none" stroke="#ffff00"/>',
    )
    expect(svg).toContain('L41.5,82.5Z" fill="#ff00ff" stroke="#ff00ff"/>')
    expect(svg).toContain('stroke-width="4" stroke-linejoin="miter" stroke-linecap="butt"')
  })

  test('all of a face is painted before the next one begins', () => {
    const other = face.map(([x, y]): Point => [x + 1, y])
    const together = renderSpigaSegSvg([face, other], size)
    const paths = [...together.matchAll(/<path [^>]*>/g)].map((match) => match[0])
    const alone = [face, other].map((one) =>
      [...renderSpigaSegSvg([one], size).matchAll(/<path [^>]*>/g)].map((m) => m[0]),
    )
    expect(paths).toEqual(alone.flat())
    expect(paths).toHaveLength(18)
  })

  test('no exponent or endless fraction gets into the path', () => {
    const coordinate = fc.double({ min: -5000, max: 5000, noNaN: true })
    const anyFace = fc.array(fc.tuple(coordinate, coordinate), { minLength: 68, maxLength: 68 })
    fc.assert(
      fc.property(anyFace, (points) => {
        for (const [, d] of renderSpigaSegSvg([points], size).matchAll(/ d="([^"]*)"/g)) {
          expect(d).toMatch(/^M(-?\d+(\.\d{1,4})?[,LZ]?)+$/)
        }
      }),
    )
  })
})

describe('the view that holds the drawing', () => {
  test.each([
    ['all of it', face, { left: 0, top: 0, width: 77, height: 144 }],
    [
      'cut at the edges',
      face.map(([x, y]): Point => [x - 30, y - 50]),
      { left: 0, top: 0, width: 47, height: 94 },
    ],
    ['none of it', face.map(([x, y]): Point => [x + 500, y]), null],
    [
      'pupils do not count',
      [...face, [139, 149]] satisfies Point[],
      { left: 0, top: 0, width: 77, height: 144 },
    ],
  ])('%s', (_, points, view) => expect(boundSpigaSeg([points], size)).toEqual(view))

  test('no faces, no view', () => expect(boundSpigaSeg([], size)).toBeNull())
})
