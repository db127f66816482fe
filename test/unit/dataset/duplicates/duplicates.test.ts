import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { planDuplicates, type DuplicateItem } from '../../../../src/dataset/duplicates/duplicates.ts'

/** Equal words look alike; `a1` and `a2` differ in few bits. */
const LOOKS: Readonly<Record<string, string>> = {
  a1: '0'.repeat(64),
  a2: '0'.repeat(60) + 'ffff',
  /** 32 bits from a1, 16 from a2: alike both. */
  a3: '0'.repeat(56) + 'ffffffff',
  /** 48 bits from a1, 16 from a3: alike a3 only. */
  a4: '0'.repeat(52) + 'f'.repeat(12),
  b: 'f0'.repeat(32),
  c: '0ff0'.repeat(16),
}
/** Of the same colours. */
const COLOURS = `${'1'.repeat(32)}808080`
const item = (sha256: string, look: string, pixels = 100): DuplicateItem => ({
  sha256,
  likeness: look === '' ? '' : `${LOOKS[look]!}${COLOURS}`,
  pixels,
})

describe('planDuplicates', () => {
  test.each<[string, DuplicateItem[], (number | null)[], (number | null)[], number[]]>([
    ['nothing', [], [], [], []],
    ['strangers', [item('x', 'a1'), item('y', 'b')], [null, null], [null, null], [0, 1]],
    ['equal ones: the first is left', [item('x', 'a1'), item('x', 'a1')], [null, 0], [null, 0], [0, 0]],
    ['alike: the first of equal size', [item('x', 'a1'), item('y', 'a2')], [null, 0], [null, null], [0, 0]],
    ['alike: the larger', [item('x', 'a1', 10), item('y', 'a2')], [1, null], [null, null], [0, 0]],
    [
      'a copy of one that is left out repeats what is left',
      [item('x', 'a1', 10), item('x', 'a1', 10), item('y', 'a2')],
      [2, 2, null],
      [null, 0, null],
      [0, 0, 0],
    ],
    [
      'alike through a third only: both are left, and stay together',
      [item('x', 'a1', 30), item('y', 'a3', 10), item('z', 'a4', 20)],
      [null, 0, null],
      [null, null, null],
      [0, 0, 0],
    ],
    [
      'not measured',
      [item('x', ''), item('y', ''), item('x', '')],
      [null, null, 0],
      [null, null, 0],
      [0, 1, 0],
    ],
    [
      'two families',
      [item('x', 'b'), item('y', 'a1'), item('z', 'b'), item('w', 'a2'), item('v', 'c')],
      [null, null, 0, 1, null],
      [null, null, null, null, null],
      [0, 1, 0, 1, 4],
    ],
  ])('%s', (_, items, near, exact, groups) => {
    expect(planDuplicates(items, 'near')).toEqual({ repeats: near, groups })
    expect(planDuplicates(items, 'exact')).toEqual({ repeats: exact, groups })
    expect(planDuplicates(items, 'keep')).toEqual({ repeats: items.map(() => null), groups })
  })

  test('whatever the order, what is left is left and not repeated in turn, and groups hold what repeats', () => {
    const any = fc.record({
      sha256: fc.constantFrom('p', 'q', 'r', 's', 't', 'u', 'v'),
      look: fc.constantFrom('a1', 'a2', 'a3', 'a4', 'b', 'c', ''),
      pixels: fc.integer({ min: 1, max: 3 }),
    })
    fc.assert(
      fc.property(
        fc.array(any, { maxLength: 20 }),
        fc.constantFrom('near', 'exact', 'keep'),
        (drawn, rule) => {
          const items = drawn.map(({ sha256, look, pixels }) => item(sha256, look, pixels))
          const { repeats, groups } = planDuplicates(items, rule)
          repeats.forEach((original, index) => {
            if (original === null) return
            expect(repeats[original]).toBeNull()
            expect(groups[original]).toBe(groups[index])
          })
          groups.forEach((first, index) => {
            expect(groups[first]).toBe(first)
            expect(first).toBeLessThanOrEqual(index)
          })
          if (rule === 'keep') return
          const left = items.filter((_, index) => repeats[index] === null).map(({ sha256 }) => sha256)
          expect(new Set(left).size).toBe(left.length)
        },
      ),
    )
  })

  test('equal contents far apart in a large set', () => {
    const items = Array.from({ length: 20_000 }, (_, index) => item(`${index % 10_000}`, ''))
    const { repeats } = planDuplicates(items, 'near')
    expect(repeats.filter((original) => original !== null)).toHaveLength(10_000)
    expect(repeats[19_999]).toBe(9999)
  })
})
