import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { planValidation, type SplitRow } from '../../../../src/dataset/annotations/split.ts'

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

  test('when one is gone, the others stay and one takes its place', () => {
    const rows = numbered(60)
    const before = planValidation({ rows, count: 8 })
    const [gone] = before
    const left = rows.filter(({ sha256 }) => sha256 !== gone)
    const after = planValidation({ rows: left, count: 8, previous: [...before] })
    expect(after.size).toBe(8)
    expect([...before].filter((sha256) => !after.has(sha256))).toEqual([gone])
  })

  test('a copy of what is held out is held out with it, though the count is full', () => {
    const rows = numbered(40)
    const before = planValidation({ rows, count: 3 })
    const [member] = before
    const copy = { id: 'copy', sha256: hash('copy'), group: member! }
    const grown = [...rows.map((row) => (row.sha256 === member ? { ...row, group: member } : row)), copy]
    const after = planValidation({ rows: grown, count: 3, previous: [...before] })
    expect([...after].sort()).toEqual([...before, copy.sha256].sort())
  })

  test('a larger copy takes the place of what is held out, though more rows are of it', () => {
    const rows = numbered(40)
    const before = [...planValidation({ rows, count: 3 })]
    const [member] = before
    const copies = ['1', '2'].map((face) => ({ id: `copy#${face}`, sha256: hash('copy'), group: member! }))
    const grown = [
      ...rows.map((row) => (row.sha256 === member ? { ...row, group: member, isLeftOut: true } : row)),
      ...copies,
    ]
    const after = planValidation({ rows: grown, count: 3, previous: before })
    expect([...after].sort()).toEqual([...before.slice(1), hash('copy')].sort())
    // The same once more: what was left out before is not needed to know it.
    const gone = grown.filter(({ sha256 }) => sha256 !== member)
    expect(planValidation({ rows: gone, count: 3, previous: [...after] })).toEqual(after)
    // What is left out is no row, and never held out itself.
    expect(planValidation({ rows: grown.slice(0, 3), count: 40, previous: before }).has(member!)).toBe(false)
  })

  test('with fewer to hold out, members go', () => {
    const rows = numbered(40)
    const before = planValidation({ rows, count: 8 })
    const after = planValidation({ rows, count: 3, previous: [...before] })
    expect(after.size).toBe(3)
    expect([...after].every((sha256) => before.has(sha256))).toBe(true)
  })

  describe('where all that belongs together is more than the count', () => {
    const crowd = (name: string, faces: number): SplitRow[] =>
      Array.from({ length: faces }, (_, face) => ({ id: `${name}#${face}`, sha256: hash(name) }))
    const rows = [...crowd('a', 6), ...crowd('b', 4), ...crowd('c', 8)]

    test('the smallest of it is held out, once and for all', () => {
      expect([...planValidation({ rows, count: 1 })]).toEqual([])
      const before = [...planValidation({ rows, count: 1, atLeastOne: true })]
      expect(before).toEqual([hash('b')])
      const grown = [...rows, ...crowd('d', 3)]
      expect([...planValidation({ rows: grown, count: 2, atLeastOne: true, previous: before })]).toEqual(
        before,
      )
    })

    test('but never more than half of the rows', () => {
      const pair = [...crowd('a', 6), ...crowd('b', 6)]
      expect(planValidation({ rows: pair, count: 1, atLeastOne: true }).size).toBe(1)
      expect(planValidation({ rows: crowd('a', 6), count: 1, atLeastOne: true }).size).toBe(0)
      const copies = crowd('a', 6).map((row) => ({ ...row, sha256: hash(row.id), group: 'g' }))
      const request = { rows: copies, count: 0, atLeastOne: true, previous: [hash('a#0')] }
      expect(planValidation(request).size).toBe(0)
    })
  })

  test('groups never straddle the split, whatever was held out before', () => {
    const row = fc.record({ name: fc.integer({ min: 0, max: 40 }), group: fc.integer({ min: 0, max: 12 }) })
    fc.assert(
      fc.property(
        fc.array(row),
        fc.integer({ min: 0, max: 30 }),
        fc.array(fc.integer({ min: 0, max: 40 })),
        (drawn, count, previous) => {
          const groupOf = new Map(drawn.map(({ name, group }) => [name, group]))
          const rows = drawn.map(({ name }, index) => ({
            id: `${index}`,
            sha256: hash(`${name}`),
            ...(groupOf.get(name)! < 8 && { group: `${groupOf.get(name)}` }),
          }))
          const held = planValidation({ rows, count, previous: previous.map((name) => hash(`${name}`)) })
          for (const one of rows) {
            for (const other of rows) {
              if (one.group === undefined || one.group !== other.group) continue
              expect(held.has(one.sha256)).toBe(held.has(other.sha256))
            }
          }
          if (rows.length > 0) expect(rows.some(({ sha256 }) => !held.has(sha256))).toBe(true)
          const fresh = planValidation({ rows, count })
          expect(rows.filter(({ sha256 }) => fresh.has(sha256)).length).toBeLessThanOrEqual(count)
        },
      ),
    )
  })
})
