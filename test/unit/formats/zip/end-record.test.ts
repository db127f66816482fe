import { describe, expect, it } from 'vitest'
import { makeZip, type MadeEntry, type MadeZip } from './make-zip.ts'
import { list, named, pair, parse, refuse } from './parse-archive.ts'

describe('ends that are refused', () => {
  const table: [string, MadeEntry[], MadeZip, string][] = [
    [
      'directory outside',
      named('a.png'),
      { lie: { offset: 1000 } },
      'zip-damaged: has a directory at an impossible position',
    ],
    [
      'directory that is too large',
      named('a.png'),
      { lie: { bytes: 1000 } },
      'zip-damaged: has a directory at an impossible position',
    ],
    ['spanned', named('a.png'), { lie: { disk: 1 } }, 'zip-unsupported: is one volume of a spanned archive'],
    [
      'size beyond all numbers',
      named('a.png'),
      { zip64: true, lie: { bytes: 2 ** 60 } },
      'zip-damaged: has a size or place that no file can have',
    ],
  ]
  for (const [what, entries, options, message] of table) {
    it(what, () => expect(refuse(() => list(entries, options))).toBe(message))
  }

  it('no zip archive, and the beginning of one', () => {
    const missing = 'zip-missing: is not a zip archive, or its end is missing'
    const whole = makeZip(pair)
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.from('hello'),
      Buffer.alloc(10_000),
      whole.subarray(0, -1),
    ]) {
      expect(refuse(() => parse(bytes))).toBe(missing)
    }
  })
})
