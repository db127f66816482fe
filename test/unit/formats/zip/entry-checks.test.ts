import { describe, expect, it } from 'vitest'
import { ZIP_LIMITS } from '../../../../src/formats/zip/entry-checks.ts'
import type { MadeEntry, MadeZip } from './make-zip.ts'
import { list, named, refuse } from './parse-archive.ts'

describe('entries that are refused', () => {
  const table: [string, MadeEntry[], MadeZip, string][] = [
    [
      'symbolic link',
      named('a.png', { mode: 0o120777 }),
      {},
      'zip-unsafe: has "a.png", which is a symbolic link: expected files only',
    ],
    [
      'device',
      named('a.png', { mode: 0o020644 }),
      {},
      'zip-unsafe: has "a.png", which is a device or the like: expected files only',
    ],
    ['encrypted', named('a.png', { lie: { flags: 1 } }), {}, 'zip-unsupported: has "a.png" encrypted'],
    [
      'another method',
      named('a.png', { lie: { method: 93 } }),
      {},
      'zip-unsupported: has "a.png" compressed by Zstandard, which is not supported',
    ],
    [
      'unknown method',
      named('a.png', { lie: { method: 77 } }),
      {},
      'zip-unsupported: has "a.png" compressed by method 77, which is not supported',
    ],
    [
      'stored with two sizes',
      named('a.png', { stored: true, lie: { sizeBytes: 2 } }),
      {},
      'zip-damaged: has "a.png" stored as 1 bytes, and says it has 2',
    ],
    [
      'unpacks to too much',
      named('a.png', { lie: { sizeBytes: 2 ** 31 } }),
      {},
      'zip-too-large: has "a.png" of 2,147,483,648 bytes: at most 536,870,912 are read',
    ],
    [
      'bomb',
      named('a.png', { data: new Uint8Array(3_000_000), lie: { compressedBytes: 2900 } }),
      {},
      'zip-too-large: has "a.png", 2,900 bytes that unpack to 3,000,000: more than 100 times as many',
    ],
    [
      'two entries on one data',
      [...named('a.png'), ...named('b.png', { lie: { offset: 0 } })],
      {},
      'zip-unsafe: has entries that overlap: "a.png" and "b.png"',
    ],
    [
      'entry in the directory',
      named('a.png', { lie: { offset: 10 } }),
      {},
      'zip-unsafe: has entries that overlap: "a.png" and its own directory',
    ],
    [
      'entry beyond the end',
      named('a.png', { lie: { offset: 2 ** 31 } }),
      {},
      'zip-unsafe: has entries that overlap: "a.png" and its own directory',
    ],
    [
      'too many entries',
      named('a.png'),
      { zip64: true, lie: { entries: 2_000_001 } },
      'zip-too-large: has 2,000,001 entries: at most 2,000,000 are read',
    ],
  ]
  for (const [what, entries, options, message] of table) {
    it(what, () => expect(refuse(() => list(entries, options))).toBe(message))
  }

  it('leaves room for all of FaceSynthetics', () => {
    expect(ZIP_LIMITS.entries).toBeGreaterThan(300_000)
    expect(ZIP_LIMITS.totalBytes).toBeGreaterThan(32e9)
  })
})
