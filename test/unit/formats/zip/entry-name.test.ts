import { execFileSync } from 'node:child_process'
import { crc32 } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { decodeCp437 } from '../../../../src/formats/zip/entry-name.ts'
import { quoteName } from '../../../../src/formats/zip/zip-error.ts'
import type { MadeEntry, MadeZip } from './make-zip.ts'
import { list, named, refuse } from './parse-archive.ts'

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

describe('names that are refused', () => {
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
    ['no name', named(''), {}, 'zip-unsafe: has an entry called "": an empty name'],
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
  ]
  for (const [what, entries, options, message] of table) {
    it(what, () => expect(refuse(() => list(entries, options))).toBe(message))
  }
})
