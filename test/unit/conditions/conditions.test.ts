import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { told } from '../told.ts'
import {
  CONDITIONS,
  CONDITION_KINDS,
  conditionOf,
  DRAWN_KINDS,
  type ConditionKind,
  type RenderInput,
} from '../../../src/conditions/index.ts'
import { configSchema } from '../../../src/config/schema.ts'
import { readGoldenFace } from '../faces/golden-face.ts'

const landmarks = readGoldenFace()
const config = { annotator: 'embedded', quality: 'best', style: 'spiga-seg' } as const

function render(kind: ConditionKind, input: Partial<RenderInput> & { width: number; height: number }) {
  return conditionOf(kind).render!({ faces: [], picture: null, style: 'spiga-seg', ...input })
}

function picture(width: number, height: number, value: (x: number, y: number, c: number) => number) {
  return Uint8Array.from({ length: width * height * 3 }, (_, at) => {
    return value(Math.floor(at / 3) % width, Math.floor(at / 3 / width), at % 3)
  })
}

describe('the list', () => {
  test('every kind is found by its name; the default comes first', () => {
    for (const condition of CONDITIONS) expect(conditionOf(condition.kind)).toBe(condition)
    expect(CONDITION_KINDS).toEqual(['face-landmarks', 'canny', 'color-palette', 'images'])
    expect(DRAWN_KINDS).toEqual(['face-landmarks', 'canny', 'color-palette'])
  })

  test('the config takes just these', () => {
    const { kind } = configSchema.shape.condition.unwrap().shape
    expect(kind.unwrap().options).toEqual(CONDITION_KINDS)
    expect(kind.parse(undefined)).toBe(CONDITION_KINDS[0])
  })

  test('what is drawn, and from what', () => {
    const table = CONDITIONS.map(({ kind, from, render }) => [kind, from, render !== null])
    expect(table).toEqual([
      ['face-landmarks', 'landmarks', true],
      ['canny', 'picture', true],
      ['color-palette', 'picture', true],
      ['images', 'source', false],
    ])
  })

  test.each(CONDITIONS)('$kind answers both planning questions', ({ kind, ...condition }) => {
    expect(condition.drives(config)).toMatch(/^\w.*[^.]$/)
    const answer = told(condition.fromAnyPicture(config))
    if (kind === 'images') return expect(answer).toBeNull()
    expect(answer!.command).toMatch(/^controlnet-kit annotate /)
    expect(answer!.cost).toMatch(/\d ms /)
  })
})

test('the style is part of the answers', () => {
  const condition = conditionOf('face-landmarks')
  const points = { ...config, style: 'points' } as const
  expect(condition.drives(points)).toContain('points')
  expect(told(condition.fromAnyPicture(points)!.command)).toBe(
    'controlnet-kit annotate photo.jpg --style points',
  )
  expect(told(condition.fromAnyPicture(config)!.command)).toBe('controlnet-kit annotate photo.jpg')
})

test('the annotator is part of the answers', () => {
  const spiga = { ...config, annotator: 'spiga', style: 'points' } as const
  expect(told(conditionOf('face-landmarks').fromAnyPicture(spiga))).toEqual({
    command: 'controlnet-kit annotate photo.jpg --annotator spiga --style points',
    cost: 'SPIGA, 209 MB, fetched once: controlnet-kit models fetch spiga; about 1.1 s of one core a face',
  })
})

test.each(['spiga-seg', 'points', 'wireframe'] as const)('face-landmarks draws %s', (style) => {
  const one = render('face-landmarks', { width: 512, height: 600, faces: [landmarks], style })
  expect(one).toHaveLength(512 * 600 * 3)
  const others = (['spiga-seg', 'points', 'wireframe'] as const).filter((other) => other !== style)
  for (const other of others) {
    expect(
      render('face-landmarks', { width: 512, height: 600, faces: [landmarks], style: other }),
    ).not.toEqual(one)
  }
})

describe('canny', () => {
  test('a step is one line of edges, white on black, in all channels', () => {
    const rgb = render('canny', { width: 9, height: 5, picture: picture(9, 5, (x) => (x < 4 ? 20 : 220)) })
    const row = [0, 0, 0, 255, 0, 0, 0, 0, 0].flatMap((value) => [value, value, value])
    expect([...rgb]).toEqual(Array.from({ length: 5 }, () => row).flat())
  })

  test('a weak edge counts where it hangs on a strong one', () => {
    // |dx| is 4 times the step: 140 is between the thresholds, 240 above.
    const steps = (y: number): number => (y < 6 ? 35 : 60)
    const both = picture(9, 12, (x, y) => (x < 4 ? 20 : 20 + steps(y)))
    const weak = picture(9, 12, (x) => (x < 4 ? 20 : 55))
    const lit = (rgb: Uint8Array): number => rgb.filter((value) => value === 255).length / 3
    expect(lit(render('canny', { width: 9, height: 12, picture: both }))).toBeGreaterThanOrEqual(12)
    expect(lit(render('canny', { width: 9, height: 12, picture: weak }))).toBe(0)
  })

  test('an edge in one channel only is found', () => {
    const blue = picture(9, 5, (x, _, c) => (c === 2 && x >= 4 ? 200 : 0))
    expect(Math.max(...render('canny', { width: 9, height: 5, picture: blue }))).toBe(255)
  })

  test.each([
    [1, 1],
    [1, 7],
    [7, 1],
    [2, 2],
  ])('%s x %s pixels', (width, height) => {
    const noise = picture(width, height, (x, y, c) => (x * 91 + y * 57 + c * 33) % 256)
    expect(render('canny', { width, height, picture: noise })).toHaveLength(width * height * 3)
  })
})

describe('color-palette', () => {
  test('each cell of 64 pixels is the mean of what is under it', () => {
    const rgb = render('color-palette', {
      width: 128,
      height: 64,
      picture: picture(128, 64, (x, y, c) => (x < 64 ? (y % 2) * 100 + c : 200)),
    })
    expect([...rgb.subarray(0, 3)]).toEqual([50, 51, 52])
    expect([...rgb.subarray(63 * 128 * 3, 63 * 128 * 3 + 3)]).toEqual([50, 51, 52])
    expect([...rgb.subarray(63 * 3, 65 * 3)]).toEqual([50, 51, 52, 200, 200, 200])
  })

  test.each([
    [100, 70, 1],
    [200, 130, 6],
    [10, 10, 1],
    [1, 300, 4],
    [512, 512, 64],
  ])('%s x %s pixels have %s cells, each with the mean of its pixels', (width, height, cells) => {
    const source = picture(width, height, (x, y, c) => (x * 37 + y * 101 + c * 7 + x * y) % 256)
    const rgb = render('color-palette', { width, height, picture: source })
    const sum = (of: Uint8Array): number => of.reduce((total, value) => total + value, 0)
    expect(Math.abs(sum(rgb) / sum(source) - 1)).toBeLessThan(0.01)
    const colours = new Set(
      Array.from({ length: width * height }, (_, p) => rgb.subarray(p * 3, p * 3 + 3).join()),
    )
    expect(colours.size).toBeLessThanOrEqual(cells)
  })

  test('a plain picture stays as it is', () => {
    const side = fc.integer({ min: 1, max: 150 })
    fc.assert(
      fc.property(side, side, (width, height) => {
        const plain = picture(width, height, (_x, _y, c) => [10, 200, 255][c]!)
        expect(render('color-palette', { width, height, picture: plain })).toEqual(plain)
      }),
      { numRuns: 20 },
    )
  })
})

test.each(['canny', 'color-palette'] as const)('%s wants the picture', (kind) => {
  expect(() => render(kind, { width: 2, height: 2 })).toThrow(
    "expected the picture's 12 RGB bytes (2 x 2), got none",
  )
  expect(() => render(kind, { width: 2, height: 2, picture: new Uint8Array(9) })).toThrow('got 9')
})
