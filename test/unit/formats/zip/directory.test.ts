import fc from 'fast-check'
import { crc32 } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { parseDirectory } from '../../../../src/formats/zip/directory.ts'
import { parseEndRecord } from '../../../../src/formats/zip/end-record.ts'
import { ZipError } from '../../../../src/formats/zip/zip-error.ts'
import { makeZip, type MadeEntry, type MadeZip } from './make-zip.ts'
import { list, named, pair, parse, refuse } from './parse-archive.ts'

describe('archives of all kinds', () => {
  const forms: [string, MadeEntry[], MadeZip][] = [
    ['plain', pair, {}],
    ['with a comment', pair, { comment: 'made by hand' }],
    ['with a comment that holds an end record', pair, { comment: 'PK\u0005\u0006' + '\0'.repeat(30) }],
    ['behind a program that unpacks it', pair, { prefix: Buffer.alloc(5000, 'MZ') }],
    ['zip64', pair.map((entry) => ({ ...entry, zip64: true })), { zip64: true }],
    [
      'zip64 behind a program',
      pair.map((entry) => ({ ...entry, zip64: true })),
      { zip64: true, prefix: Buffer.alloc(99) },
    ],
    ['written to a pipe', pair.map((entry) => ({ ...entry, descriptor: true })), {}],
    ['with folders', [{ name: 'below/', mode: 0o040755 }, ...pair], {}],
    ['from a system without modes', pair.map((entry) => ({ ...entry, mode: 0 })), {}],
  ]

  for (const [what, entries, options] of forms) {
    it(what, () => {
      const directory = parse(makeZip(entries, options))
      expect(directory.names).toEqual(['a.png', 'below/b.png'])
      expect(directory.at(1)).toMatchObject({
        sizeBytes: 6,
        compressedBytes: 6,
        method: 'stored',
        crc32: crc32('second'),
      })
      expect(directory.find('a.png')).toEqual(directory.at(0))
      expect(directory.find('A.png')).toBeUndefined()
      const archive = makeZip(entries, options)
      for (const name of directory.names) {
        expect(archive.readUInt32LE(directory.find(name)!.offset)).toBe(0x04034b50)
      }
    })
  }

  it('places beyond 4 GiB', () => {
    const shift = 5 * 2 ** 32
    const tail = makeZip(
      pair.map((entry) => ({ ...entry, zip64: true })),
      { zip64: true, shift },
    )
    const place = parseEndRecord(tail, shift + tail.length)
    const bytes = tail.subarray(place.offset - shift, place.offset - shift + place.bytes)
    expect(parseDirectory(bytes, place).at(0).offset).toBe(shift)
  })

  it('an empty archive', () => {
    expect(list([])).toEqual([])
  })
})

describe('directories that are refused', () => {
  const table: [string, MadeEntry[], MadeZip, string][] = [
    [
      'more entries than there are',
      named('a.png'),
      { lie: { entries: 2 } },
      'zip-damaged: has a broken directory (entry 2)',
    ],
    [
      'fewer entries than there are',
      pair,
      { lie: { entries: 1 } },
      'zip-damaged: has a directory whose number of entries is not the stated 1',
    ],
    [
      'zip64 entry without its field',
      named('a.png', { lie: { sizeBytes: 0xffffffff } }),
      {},
      'zip-damaged: has an entry without its zip64 sizes',
    ],
  ]
  for (const [what, entries, options, message] of table) {
    it(what, () => expect(refuse(() => list(entries, options))).toBe(message))
  }
})

describe('whatever bytes come', () => {
  const archives = [
    makeZip(pair, { comment: 'a comment' }),
    makeZip(
      [...pair, { name: '面.png', data: 'x'.repeat(999), utf8: false }].map((entry) => ({
        ...entry,
        zip64: true,
      })),
      { zip64: true },
    ),
  ]
  const change = fc.record({ at: fc.nat(), value: fc.integer({ min: 0, max: 255 }) })
  const mutated = fc
    .record({
      archive: fc.constantFrom(...archives),
      changes: fc.array(change, { maxLength: 6 }),
      cut: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat({ max: 200 })),
      grown: fc.uint8Array({ maxLength: 30 }),
    })
    .map(({ archive, changes, cut, grown }) => {
      const bytes = Buffer.concat([grown, archive.subarray(0, archive.length - cut)])
      for (const { at, value } of changes) bytes[at % bytes.length] = value
      return bytes
    })

  it('is read or refused, and nothing outside of it is pointed at', () => {
    let read = 0
    fc.assert(
      fc.property(mutated, (bytes) => {
        try {
          const directory = parse(bytes)
          for (let index = 0; index < directory.names.length; index++) {
            const { offset, compressedBytes } = directory.at(index)
            expect(offset).toBeGreaterThanOrEqual(0)
            expect(offset + compressedBytes).toBeLessThanOrEqual(bytes.length)
          }
          read++
        } catch (error) {
          if (!(error instanceof ZipError)) throw error
        }
      }),
      { numRuns: 5000 },
    )
    expect(read).toBeGreaterThan(100)
  })
})
