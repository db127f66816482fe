import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { planValidation, type SplitRow } from '../../../src/dataset/split.ts'

const hash = (text: string): string => createHash('sha256').update(text).digest('hex')
const makeRows = (names: readonly string[]): SplitRow[] => names.map((id) => ({ id, sha256: hash(id) }))
const numbered = (count: number): SplitRow[] => makeRows(Array.from({ length: count }, (_, i) => `p${i}`))

describe('planValidation', () => {
  test.each([
    [100, 16, 16],
    [20, 0, 0],
    [10, 10, 9],
    [3, 16, 2],
    [1, 16, 0],
    [0, 16, 0],
  ])('of %i rows, %i wanted: %i', (rows, count, held) => {
    expect(planValidation({ rows: numbered(rows), count }).size).toBe(held)
  })

  test('depends on content alone, not on names or order', () => {
    const rows = numbered(50)
    const renamed = rows.map((row, index) => ({ ...row, id: `other${index}` })).reverse()
    expect(planValidation({ rows: renamed, count: 7 })).toEqual(planValidation({ rows, count: 7 }))
  })

  test('members stay when pictures are added, and new ones fill up', () => {
    const before = planValidation({ rows: numbered(40), count: 8 })
    const request = { rows: numbered(400), count: 8 }
    expect(planValidation({ ...request, previous: [...before] })).toEqual(before)
    expect(planValidation(request)).not.toEqual(before)
    const more = planValidation({ ...request, count: 12, previous: [...before] })
    expect(more.size).toBe(12)
    expect([...before].every((sha256) => more.has(sha256))).toBe(true)
  })

  test('rows of one picture stay together: never more rows than asked, one picture to train on', () => {
    const picture = fc.record({
      name: fc.integer({ min: 0, max: 30 }),
      faces: fc.integer({ min: 1, max: 4 }),
    })
    fc.assert(
      fc.property(fc.array(picture), fc.integer({ min: 0, max: 40 }), (pictures, count) => {
        const rows = pictures.flatMap(({ name, faces }) =>
          Array.from({ length: faces }, (_, face) => ({ id: `${name}#${face}`, sha256: hash(`${name}`) })),
        )
        const held = planValidation({ rows, count })
        const heldRows = rows.filter(({ sha256 }) => held.has(sha256)).length
        expect(heldRows).toBeLessThanOrEqual(count)
        if (rows.length > 0) expect(heldRows).toBeLessThan(rows.length)
      }),
    )
  })
})
