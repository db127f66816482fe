import { expect, test } from 'vitest'
import { createSeededRandom } from '../../../src/generated-faces/seeded-random.ts'

const draw = (...seeds: number[]) => {
  const random = createSeededRandom(...seeds)
  return Array.from({ length: 4000 }, () => random.unit())
}

test('the sequence of a seed is frozen: datasets made with it must not change', () => {
  const random = createSeededRandom(1, 2)
  expect([random.unit(), random.between(10, 20), random.pick(['a', 'b', 'c'])]).toMatchInlineSnapshot(`
    [
      0.18737071263603866,
      19.178467157762498,
      "c",
    ]
  `)
})

test('neighbouring seeds give unrelated sequences that fill 0 to 1 evenly', () => {
  const sequences = [draw(0, 0), draw(0, 1), draw(1, 0), draw(1, 1)]
  for (const [i, values] of sequences.entries()) {
    const counts = Array.from({ length: 10 }, (_, k) => values.filter((v) => Math.floor(v * 10) === k).length)
    expect(Math.min(...counts)).toBeGreaterThan(320)
    for (const other of sequences.slice(i + 1)) {
      const product = values.reduce((sum, v, k) => sum + (v - 0.5) * (other[k]! - 0.5), 0) / values.length
      expect(Math.abs(product * 12)).toBeLessThan(0.06)
    }
  }
})

test('ranges hold', () => {
  const random = createSeededRandom(5)
  for (let i = 0; i < 500; i++) {
    expect(random.between(3, 4)).toSatisfy((v: number) => v >= 3 && v < 4)
    expect(Math.abs(random.around(2))).toBeLessThanOrEqual(2)
  }
})
