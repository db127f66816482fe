import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crc32 } from 'node:zlib'
import { parseDirectory, type ZipDirectory } from '../../../../src/dataset/zip/directory.ts'
import { parseEndRecord, TAIL_BYTES } from '../../../../src/dataset/zip/end-record.ts'
import { checkPlace, ZIP_LIMITS } from '../../../../src/dataset/zip/entry-checks.ts'
import { decodeCp437 } from '../../../../src/dataset/zip/entry-name.ts'
import { ZipError, quoteName } from '../../../../src/dataset/zip/zip-error.ts'
import { makeZip, type MadeEntry, type MadeZip } from './make-zip.ts'

function parse(archive: Buffer): ZipDirectory {
  const place = parseEndRecord(archive.subarray(-TAIL_BYTES), archive.length)
  checkPlace(place)
  return parseDirectory(archive.subarray(place.offset, place.offset + place.bytes), place)
}

function list(entries: readonly MadeEntry[], options?: MadeZip): readonly string[] {
  return parse(makeZip(entries, options)).names
}

/** Code and message, in one text. */
function refuse(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (!(error instanceof ZipError)) throw error
    expect(error.remedy).not.toBe('')
    return `${error.code}: ${error.message}`
  }
  throw new Error('it was not refused')
}

const pair: MadeEntry[] = [
  { name: 'a.png', data: 'first' },
  { name: 'below/b.png', data: 'second', stored: true },
]

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

describe('names', () => {
  const unicodeField = (name: Buffer, better: string): Buffer => {
    const field = Buffer.concat([Buffer.alloc(9), Buffer.from(better)])
    field.writeUInt16LE(0x7075)
    field.writeUInt16LE(field.length - 4, 2)
    field[4] = 1
    field.writeUInt32LE(crc32(name), 5)
    return field
  }
  const cp437 = Buffer.from([0x46, 0x81, 0x72, 0x2e, 0x70, 0x6e, 0x67])
  const table: [string, MadeEntry, string][] = [
    ['said to be UTF-8', { name: 'Füße/面孔 🙂.png' }, 'Füße/面孔 🙂.png'],
    ['UTF-8 without saying so', { name: 'Füße.png', utf8: false }, 'Füße.png'],
    ['CP437', { name: cp437 }, 'Für.png'],
    ["Info-ZIP's field", { name: cp437, extra: unicodeField(cp437, '面.png') }, '面.png'],
    [
      "Info-ZIP's field for another name",
      { name: cp437, extra: unicodeField(Buffer.from('x'), '面.png') },
      'Für.png',
    ],
    ['control characters', { name: 'a\u001b[2J\n.png' }, 'a\u001b[2J\n.png'],
    ['dots that lead nowhere', { name: '..a/b...png' }, '..a/b...png'],
  ]
  for (const [what, entry, name] of table) it(what, () => expect(list([entry])).toEqual([name]))

  it('knows every letter of CP437 as Python does', () => {
    const all = Uint8Array.from({ length: 256 }, (_, index) => index)
    const script = 'import sys; sys.stdout.buffer.write(bytes(range(256)).decode("cp437").encode())'
    expect(decodeCp437(all)).toBe(execFileSync('python3', ['-c', script]).toString())
  })

  it('are shown without what a terminal obeys', () => {
    expect(quoteName('a\u001b[31m\u202eb\n.png')).toBe('"a\\u{1b}[31m\\u{202e}b\\u{a}.png"')
    expect(quoteName('面'.repeat(200))).toBe(`"${'面'.repeat(80)}…"`)
  })
})

describe('archives that are refused', () => {
  const named = (name: string | Buffer, more: Partial<MadeEntry> = {}): MadeEntry[] => [
    { name, data: 'x', ...more },
  ]
  const table: [string, MadeEntry[], MadeZip, string][] = [
    [
      'absolute path',
      named('/etc/a.png'),
      {},
      'zip-unsafe: has an entry called "/etc/a.png": an absolute path',
    ],
    [
      'drive letter',
      named('C:a.png'),
      {},
      'zip-unsafe: has an entry called "C:a.png": a path with a drive letter',
    ],
    [
      'leading out',
      named('a/../../b.png'),
      {},
      'zip-unsafe: has an entry called "a/../../b.png": it leads out of its folder',
    ],
    [
      'folder leading out',
      named('../'),
      {},
      'zip-unsafe: has an entry called "..": it leads out of its folder',
    ],
    [
      'backslash',
      named('a\\b.png'),
      {},
      'zip-unsafe: has an entry called "a\\b.png": a backslash, which some systems take for a folder',
    ],
    [
      'zero byte',
      named('a\0.png'),
      {},
      'zip-unsafe: has an entry called "a\\u{0}.png": a zero byte, which ends a name for some systems',
    ],
    ['no name', named(''), {}, 'zip-unsafe: has an entry called "": that is no name'],
    [
      'empty part',
      named('a//b.png'),
      {},
      'zip-unsafe: has an entry called "a//b.png": an empty part in its path',
    ],
    [
      'broken UTF-8',
      named(Buffer.from([0xff, 0x61]), { utf8: true }),
      {},
      'zip-damaged: has a name that is not the UTF-8 it is said to be (entry 1)',
    ],
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
      'zip-unsupported: has "a.png" compressed by Zstandard, which is not read here',
    ],
    [
      'unknown method',
      named('a.png', { lie: { method: 77 } }),
      {},
      'zip-unsupported: has "a.png" compressed by method 77, which is not read here',
    ],
    [
      'twice the same name',
      [...named('a.png'), ...named('a.png')],
      {},
      'zip-unsafe: has two entries called "a.png"',
    ],
    [
      'names that differ in case',
      [...named('a.png'), ...named('A.PNG')],
      {},
      `zip-unsafe: has entries that some systems can't tell apart: "a.png" and "A.PNG"`,
    ],
    [
      'names that differ in how an accent is written',
      [...named('\u00e4.png'), ...named('a\u0308.png')],
      {},
      `zip-unsafe: has entries that some systems can't tell apart: "\u00e4.png" and "a\u0308.png"`,
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
      'more entries than there are',
      named('a.png'),
      { lie: { entries: 2 } },
      'zip-damaged: has a broken directory (entry 2)',
    ],
    [
      'fewer entries than there are',
      pair,
      { lie: { entries: 1 } },
      'zip-damaged: has a directory of other than the stated 1 entries',
    ],
    [
      'too many entries',
      named('a.png'),
      { zip64: true, lie: { entries: 2_000_001 } },
      'zip-too-large: has 2,000,001 entries: at most 2,000,000 are read',
    ],
    [
      'directory outside',
      named('a.png'),
      { lie: { offset: 1000 } },
      'zip-damaged: has a directory that should lie outside of it',
    ],
    [
      'directory that is too large',
      named('a.png'),
      { lie: { bytes: 1000 } },
      'zip-damaged: has a directory that should lie outside of it',
    ],
    ['spanned', named('a.png'), { lie: { disk: 1 } }, 'zip-unsupported: is one volume of a spanned archive'],
    [
      'size beyond all numbers',
      named('a.png'),
      { zip64: true, lie: { bytes: 2 ** 60 } },
      'zip-damaged: has a size or place that no file can have',
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

  it('no zip archive, and the beginning of one', () => {
    const missing = 'zip-missing: is no zip archive, or its end is missing'
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

  it('leaves room for all of FaceSynthetics', () => {
    expect(ZIP_LIMITS.entries).toBeGreaterThan(300_000)
    expect(ZIP_LIMITS.totalBytes).toBeGreaterThan(32e9)
  })
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
