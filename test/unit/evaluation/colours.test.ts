import { describe, expect, it } from 'vitest'
import { colourDistance, toLab, type Lab } from '../../../src/evaluation/lab.ts'
import { measureOf } from '../../../src/evaluation/measures/index.ts'
import { skinColour, toneGroup, typologyAngle } from '../../../src/evaluation/skin-tone.ts'
import type { Point } from '../../../src/faces/face.ts'
import { MEAN_FACE } from '../../../src/faces/mean-face.ts'
import type { RgbPixels } from '../../../src/raster/rgb-pixels.ts'

/** Values of sRGB's corners under D65, as colour tables have them. */
it.each([
  ['white', [255, 255, 255], [100, 0, 0]],
  ['black', [0, 0, 0], [0, 0, 0]],
  ['red', [255, 0, 0], [53.24, 80.09, 67.2]],
  ['green', [0, 255, 0], [87.73, -86.18, 83.18]],
  ['blue', [0, 0, 255], [32.3, 79.19, -107.86]],
  ['mid grey', [119, 119, 119], [50.03, 0, 0]],
] as const)('%s in CIELAB', (_, rgb, expected) => {
  const [red, green, blue] = rgb
  const found = toLab(red, green, blue)
  for (const axis of [0, 1, 2] as const) expect(found[axis]).toBeCloseTo(expected[axis], 1)
})

it('the distance of black and white is 100', () =>
  expect(colourDistance(toLab(0, 0, 0), toLab(255, 255, 255))).toBeCloseTo(100, 3))

/** arctan((L - 50) / b) in degrees, and the limits 55, 41, 28, 10 and -30. */
it.each([
  [[75, 8, 15], 59.04, 'very light'],
  [[65, 10, 15], 45, 'light'],
  [[62, 12, 18], 33.69, 'intermediate'],
  [[58, 12, 20], 21.8, 'tan'],
  [[50, 14, 20], 0, 'brown'],
  [[38, 12, 16], -36.87, 'dark'],
  [[70, 2, -3], 90, 'very light'],
] as const)('the tone of Lab %j is %f degrees, %s', (lab, angle, group) => {
  expect(typologyAngle(lab as unknown as Lab)).toBeCloseTo(angle, 2)
  expect(toneGroup(angle)).toBe(group)
})

const SIDE = 200
const upright = MEAN_FACE.map(([x, y]): Point => [100 + x, 80 + y])

function picture(colourAt: (x: number, y: number) => readonly number[]): RgbPixels {
  const data = new Uint8Array(SIDE * SIDE * 3)
  for (let pixel = 0; pixel < SIDE * SIDE; pixel++)
    data.set(colourAt(pixel % SIDE, Math.floor(pixel / SIDE)), pixel * 3)
  return { data, width: SIDE, height: SIDE }
}

describe('skinColour', () => {
  it('is the median of the cheeks', () => {
    const skin = [200, 150, 120] as const
    const found = skinColour(
      picture(() => skin),
      upright,
    )!
    expect(found).toEqual(toLab(...skin))
  })

  it('does not look at eyes, lips, background', () => {
    const skin = [120, 80, 60] as const
    const near = (x: number, y: number): boolean =>
      [...upright.slice(36), ...upright.slice(0, 17)].some(([px, py]) => Math.hypot(px - x, py - y) < 4)
    expect(
      skinColour(
        picture((x, y) => (near(x, y) ? [0, 0, 255] : skin)),
        upright,
      ),
    ).toEqual(toLab(...skin))
  })

  it('is not known where the face lies outside of the picture', () =>
    expect(
      skinColour(
        picture(() => [1, 2, 3]),
        upright.map(([x, y]) => [x + 900, y]),
      ),
    ).toBeNull())
})

describe('measures of pictures', () => {
  const read = (condition: RgbPixels) => ({ faces: [], condition })
  const black = picture(() => [0, 0, 0])
  const white = picture(() => [255, 255, 255])
  const line = (at: number) => picture((x) => (x === at ? [255, 255, 255] : [0, 0, 0]))
  const compare = (name: 'edge_agreement' | 'palette_distance', truth: RgbPixels, seen: RgbPixels) =>
    measureOf(name)!.compare(read(truth), read(seen))[0]

  it.each([
    ['the same line', line(50), line(50), 1],
    ['a line one pixel aside', line(50), line(51), 1],
    ['a line two pixels aside', line(50), line(52), 0],
    ['no edges in either', black, black, 1],
    ['edges that the picture has not', line(50), black, 0],
    // All wanted edges are there (recall 1), and half of the drawn ones are wanted (precision 0.5): 2 x 0.5 / 1.5.
    [
      'a line too many',
      line(50),
      picture((x) => (x === 50 || x === 90 ? [255, 255, 255] : [0, 0, 0])),
      2 / 3,
    ],
  ])('edges: %s', (_, truth, seen, expected) =>
    expect(compare('edge_agreement', truth, seen)).toBeCloseTo(expected, 12),
  )

  it.each([
    ['the same', white, white, 0],
    ['black for white', white, black, 1],
    ['half of it black for white', white, picture((x) => (x < SIDE / 2 ? [0, 0, 0] : [255, 255, 255])), 0.5],
  ])('palettes: %s', (_, truth, seen, expected) =>
    expect(compare('palette_distance', truth, seen)).toBeCloseTo(expected, 3),
  )
})
