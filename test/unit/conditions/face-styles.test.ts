import { describe, expect, test } from 'vitest'
import fc from 'fast-check'
import type { Point } from '../../../src/faces/face.ts'
import type { DrawFace } from '../../../src/conditions/face-styles/draw-face.ts'
import { points } from '../../../src/conditions/face-styles/points.ts'
import { spigaSeg, SPIGA_SEG_SHAPES } from '../../../src/conditions/face-styles/spiga-seg.ts'
import { wireframe, WIREFRAME_CONTOURS } from '../../../src/conditions/face-styles/wireframe.ts'
import { createCanvas, type Canvas } from '../../../src/raster/canvas.ts'
import { readGoldenFace } from '../faces/golden-face.ts'

const upright = readGoldenFace()

function draw(drawFace: DrawFace, faces: readonly (readonly Point[])[], { size = 512, scale = 1 } = {}) {
  const canvas = createCanvas(size, size)
  for (const face of faces) drawFace(canvas, face, scale)
  return canvas
}

function at({ data, width }: Canvas, [x, y]: Point): number[] {
  const start = (Math.round(y) * width + Math.round(x)) * 3
  return [...data.subarray(start, start + 3)]
}

function centre(points: readonly Point[]): Point {
  const mean = (axis: 0 | 1): number => points.reduce((sum, point) => sum + point[axis], 0) / points.length
  return [mean(0), mean(1)]
}

/** How much is painted. */
function lit({ data }: Canvas): number {
  return data.reduce((sum, value) => sum + value / 255, 0)
}

describe('spiga-seg', () => {
  test('colours and ranges are those that published models were trained on', () => {
    const table = SPIGA_SEG_SHAPES.map(
      ({ from, to, area, colour }) => `${from}-${to} ${area ? 'area' : 'line'} ${colour.join()}`,
    )
    expect(table).toEqual([
      '0-17 line 0,255,0',
      '17-22 line 255,255,0',
      '22-27 line 255,255,0',
      '27-31 line 255,165,0',
      '31-36 line 255,165,0',
      '36-42 area 255,0,255',
      '42-48 area 255,0,255',
      '48-60 area 0,255,255',
      '60-68 area 0,0,255',
    ])
  })

  test('the colours in the middle of each area are exact', () => {
    const canvas = draw(spigaSeg.draw, [upright])
    expect(at(canvas, centre(upright.slice(36, 42)))).toEqual([255, 0, 255])
    expect(at(canvas, centre(upright.slice(60, 68)))).toEqual([0, 0, 255])
    expect(at(canvas, upright[8]!)).toEqual([0, 255, 0])
    expect(at(canvas, upright[19]!)).toEqual([255, 255, 0])
    expect(at(canvas, upright[28]!)).toEqual([255, 165, 0])
    expect(at(canvas, [2, 2])).toEqual([0, 0, 0])
  })

  test('all of a face is painted before the next one begins', () => {
    const [chin, eye] = [upright[8]!, centre(upright.slice(36, 42))]
    const higher = upright.map(([x, y]): Point => [x + eye[0] - chin[0], y + eye[1] - chin[1]])
    expect(at(draw(spigaSeg.draw, [upright, higher]), eye)).toEqual([0, 255, 0])
    expect(at(draw(spigaSeg.draw, [higher, upright]), eye)).toEqual([255, 0, 255])
  })
})

describe('points', () => {
  test('a white dot of radius 3 on every landmark, and nothing else', () => {
    const canvas = draw(points.draw, [upright])
    for (const point of upright) expect(at(canvas, point)).toEqual([255, 255, 255])
    for (let start = 0; start < canvas.data.length; start += 3) {
      const [red, green, blue] = canvas.data.subarray(start, start + 3)
      expect(red === green && green === blue).toBe(true)
      if (red === 0) continue
      const [x, y] = [(start / 3) % 512, Math.floor(start / 3 / 512)]
      const nearest = Math.min(...upright.map(([u, v]) => Math.hypot(u - x, v - y)))
      expect(nearest).toBeLessThan(3 + Math.SQRT1_2)
    }
  })

  test('pupils are left out', () => {
    const far: Point[] = [...upright, [20, 20], [40, 20]]
    expect(at(draw(points.draw, [far]), [20, 20])).toEqual([0, 0, 0])
  })
})

describe('wireframe', () => {
  test('every contour has its own colour, and its points lie on it', () => {
    const colours = WIREFRAME_CONTOURS.map(({ colour }) => colour.join())
    expect(new Set(colours).size).toBe(9)
    const canvas = draw(wireframe.draw, [upright])
    for (const { from, to, colour } of WIREFRAME_CONTOURS) {
      // Between two points of the contour, where nothing else is painted over it.
      const found = at(canvas, centre(upright.slice(from + 1, Math.min(from + 3, to))))
      found.forEach((value, channel) => expect(Math.abs(value - colour[channel]!)).toBeLessThan(110))
    }
    expect(WIREFRAME_CONTOURS.map(({ from, to }) => to - from).reduce((sum, count) => sum + count)).toBe(68)
  })

  test('nothing is filled', () => {
    const canvas = draw(wireframe.draw, [upright])
    expect(at(canvas, centre(upright.slice(36, 42)))).toEqual([0, 0, 0])
    expect(at(canvas, centre(upright.slice(60, 68)))).toEqual([0, 0, 0])
  })
})

describe.each([
  ['spiga-seg', spigaSeg.draw],
  ['points', points.draw],
  ['wireframe', wireframe.draw],
] as [string, DrawFace][])('%s', (_, drawFace) => {
  test('grows with its scale', () => {
    const large = upright.map(([x, y]): Point => [2 * x + 0.5, 2 * y + 0.5])
    const ratio = lit(draw(drawFace, [large], { size: 1024, scale: 2 })) / lit(draw(drawFace, [upright]))
    expect(ratio).toBeGreaterThan(3.9)
    expect(ratio).toBeLessThan(4.2)
  })

  test('a face half out of the picture is drawn as if the picture went on', () => {
    const outside = upright.map(([x, y]): Point => [x - 250, y + 200])
    const part = draw(drawFace, [outside])
    const whole = draw(drawFace, [upright.map(([x, y]): Point => [x + 50, y + 300])], { size: 900 })
    let largest = 0
    for (let y = 0; y < 512; y++) {
      const ours = part.data.subarray(y * 512 * 3, (y + 1) * 512 * 3)
      const start = ((y + 100) * 900 + 300) * 3
      ours.forEach((value, x) => (largest = Math.max(largest, Math.abs(value - whole.data[start + x]!))))
    }
    expect(largest).toBeLessThanOrEqual(1)
    expect(lit(part)).toBeGreaterThan(100)
  })

  test('a face wholly out of the picture, or no face, leaves it black', () => {
    const outside = upright.map(([x, y]): Point => [x + 1000, y])
    expect(Math.max(...draw(drawFace, [outside], { size: 64 }).data)).toBe(0)
    expect(Math.max(...draw(drawFace, [], { size: 64 }).data)).toBe(0)
  })

  test('points that are no numbers, or huge, do not hinder the others', () => {
    const broken = upright.map((point, index): Point => (index % 5 === 1 ? [NaN, 1e300] : point))
    broken[20] = [1e308, -1e308]
    expect(at(draw(drawFace, [broken]), upright[48]!)).not.toEqual([0, 0, 0])
  })

  test('mirroring the face mirrors the drawing', () => {
    const size = 96
    const shaken = fc.record({
      scale: fc.double({ min: 0.08, max: 0.22, noNaN: true }),
      turn: fc.double({ min: -0.6, max: 0.6, noNaN: true }),
      x: fc.double({ min: 30, max: 66, noNaN: true }),
      y: fc.double({ min: 30, max: 66, noNaN: true }),
    })
    fc.assert(
      fc.property(shaken, ({ scale, turn, x, y }) => {
        const face = upright.map(([u, v]): Point => {
          const [a, b] = [(u - 256) * scale, (v - 256) * scale]
          return [x + a * Math.cos(turn) - b * Math.sin(turn), y + a * Math.sin(turn) + b * Math.cos(turn)]
        })
        // The same points in the same places: colours then stay with their contours.
        const turned = face.map(([u, v]): Point => [size - 1 - u, v])
        const drawn = draw(drawFace, [face], { size, scale: 0.5 })
        const ofTurned = draw(drawFace, [turned], { size, scale: 0.5 })
        let largest = 0
        drawn.data.forEach((value, index) => {
          const [column, row] = [Math.floor(index / 3) % size, Math.floor(index / 3 / size)]
          const other = (row * size + size - 1 - column) * 3 + (index % 3)
          largest = Math.max(largest, Math.abs(value - ofTurned.data[other]!))
        })
        expect(largest).toBeLessThanOrEqual(2)
      }),
      { numRuns: 60 },
    )
  })
})
