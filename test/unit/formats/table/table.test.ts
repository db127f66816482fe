import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseCsvRecord } from '../../../../src/formats/table/parse-csv-record.ts'
import {
  TableParser,
  tableKind,
  type TableKind,
  type TableRow,
} from '../../../../src/formats/table/parse-table.ts'
import { checkColumns, planPictureRow } from '../../../../src/formats/table/picture-rows.ts'
import { MAX_RECORD_BYTES } from '../../../../src/formats/table/split-records.ts'

function parse(kind: TableKind, content: string | Uint8Array, step = Infinity): TableRow[] {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  const parser = new TableParser(`t.${kind}`, kind)
  const rows: TableRow[] = []
  for (let at = 0; at < bytes.length; at += step)
    rows.push(...parser.push(bytes.subarray(at, Math.min(bytes.length, at + step))))
  return [...rows, ...parser.end()]
}
const records = (kind: TableKind, content: string, step?: number) =>
  parse(kind, content, step).map(({ record }) => record)

describe('CSV', () => {
  test.each<[string, string, Record<string, string>[]]>([
    [
      'plain',
      'a,b\n1,2\n3,4\n',
      [
        { a: '1', b: '2' },
        { a: '3', b: '4' },
      ],
    ],
    ['no line break at the end', 'a,b\n1,2', [{ a: '1', b: '2' }]],
    ['CRLF', 'a,b\r\n1,2\r\n', [{ a: '1', b: '2' }]],
    [
      'CR alone',
      'a,b\r1,2\r3,"x\ry"\r',
      [
        { a: '1', b: '2' },
        { a: '3', b: 'x\ry' },
      ],
    ],
    [
      'CR alone, empty lines, no end',
      'a,b\r\r1,2\r\r3,4',
      [
        { a: '1', b: '2' },
        { a: '3', b: '4' },
      ],
    ],
    ['one line that ends with CR', 'a,b\r', []],
    ['a CR in a quoted header', '"a\r",b\r\n1,2\r\n', [{ a: '1', b: '2' }]],
    [
      'commas of columns that are not used',
      'a,b,,,\n1,2,,,\n3,,, ,\n',
      [
        { a: '1', b: '2' },
        { a: '3', b: '' },
      ],
    ],
    ['commas behind rows only', 'a,b\n1,2,,\n', [{ a: '1', b: '2' }]],
    ['a byte order mark', '\uFEFFa,b\n1,2\n', [{ a: '1', b: '2' }]],
    ['empty lines', 'a,b\n\n1,2\n  \n\r\n', [{ a: '1', b: '2' }]],
    ['empty fields', 'a,b\n,\n', [{ a: '', b: '' }]],
    ['commas and quotes', 'a,b\n"x, y","say ""hi"""\n', [{ a: 'x, y', b: 'say "hi"' }]],
    [
      'line breaks in a field',
      'a,b\n"x\r\ny",2\n3,4\n',
      [
        { a: 'x\r\ny', b: '2' },
        { a: '3', b: '4' },
      ],
    ],
    ['any script', 'a,b\n顔写真,🙂 e\u0301\n', [{ a: '顔写真', b: '🙂 e\u0301' }]],
    ['only a header', 'a,b\n', []],
    ['a column like a prototype', '__proto__,b\n1,2\n', [JSON.parse('{"__proto__":"1","b":"2"}')]],
  ])('%s', (_, content, expected) => {
    for (const step of [1, 2, Infinity]) expect(records('csv', content, step)).toEqual(expected)
  })

  test('rows of a file with CR alone know where they begin', () => {
    const content = 'a,b\r"x\ry",2\r\r3,4\r'
    const rows = parse('csv', content, 1)
    expect(rows.map(({ place }) => place)).toEqual(['t.csv:2', 't.csv:5'])
    const texts = rows.map(({ offset, lengthBytes }) => content.slice(offset, offset + lengthBytes))
    expect(texts).toEqual(['"x\ry",2', '3,4'])
  })

  test('rows know where they begin', () => {
    const content = 'a,b\n"x\ny",2\n\n3,4\n'
    const rows = parse('csv', content)
    expect(rows.map(({ place }) => place)).toEqual(['t.csv:2', 't.csv:5'])
    const texts = rows.map(({ offset, lengthBytes }) => content.slice(offset, offset + lengthBytes))
    expect(texts).toEqual(['"x\ny",2', '3,4'])
  })

  test('a row with too few or too many fields is that row’s problem', () => {
    const rows = parse('csv', 'a,b\n1\n1,2,3\n1,2\n')
    expect(rows.map(({ problem }) => problem)).toEqual([
      'expected 2 fields as in the first line, found 1 (a field with a comma needs quotes)',
      'expected 2 fields as in the first line, found 3 (a field with a comma needs quotes)',
      null,
    ])
  })

  test('bytes that are no UTF-8 are that row’s problem', () => {
    const rows = parse(
      'csv',
      Buffer.concat([Buffer.from('a,b\n1,'), Buffer.from([0xe9]), Buffer.from('\n3,4\n')]),
    )
    expect(rows.map(({ problem }) => problem)).toEqual(['it is not UTF-8 text', null])
  })

  test.each([
    ['a quote in the middle', 'a,b\n1,2\n5" tall,2\n', 't.csv:3:2: a quote inside a field'],
    [
      'a quote never closed',
      'a,b\n1,2\n1,"two\n3,4\n',
      't.csv:3:3: a quote is opened here and never closed.',
    ],
    ['text behind a quote', 'a,b\n"x\ny"z,2\n', 't.csv:3:3: expected a comma behind the closing quote.'],
    ['semicolons', 'a;b\n1;2\n', 't.csv:1: expected fields separated by commas, found semicolons.'],
    ['tabs', 'a\tb\n1\t2\n', 't.csv:1: expected fields separated by commas, found tabs.'],
    ['a column twice', 'a,b,a\n', 't.csv:1: the column "a" is there twice.'],
  ])('%s is an error of the file, with its place', (_, content, message) => {
    expect(() => parse('csv', content)).toThrow(message)
  })

  test('UTF-16', () => {
    expect(() => parse('csv', Buffer.from('\uFEFFa,b\n', 'utf16le'))).toThrow(
      't.csv:1: it is UTF-16 text; expected UTF-8.',
    )
  })

  test('a quote never closed does not take all memory', () => {
    const parser = new TableParser('t.csv', 'csv')
    const push = (text: string): TableRow[] => [...parser.push(Buffer.from(text))]
    push('a\n"')
    expect(() => {
      for (let bytes = 0; bytes <= MAX_RECORD_BYTES; bytes += 1e6) push('x'.repeat(1e6))
    }).toThrow('never closed')
  })

  test('what is written is read, in pieces of any size', () => {
    const cell = fc.string({ unit: 'binary', maxLength: 12 }).map((text) => text.replace(/\p{Cs}/gu, ''))
    const quote = (text: string): string =>
      /[",\r\n\uFEFF]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, cell), { maxLength: 6 }),
        fc.integer({ min: 1, max: 9 }),
        (rows, step) => {
          const content = ['a,b', ...rows.map((row) => row.map(quote).join(','))].join('\n')
          const found = parse('csv', content, step).map(({ record }) => Object.values(record!))
          expect(found).toEqual(rows)
        },
      ),
    )
  })

  test('a record', () => expect(parseCsvRecord('"",a,""""')).toEqual(['', 'a', '"']))
})

describe('JSONL', () => {
  test('one object a line; what is none is that row’s problem', () => {
    const rows = parse('jsonl', '\uFEFF{"a":1,"b":[2]}\n[1]\n{"a":\n\n{"a":"x\u2028y"}')
    expect(rows.map(({ place, record }) => [place, record])).toEqual([
      ['t.jsonl:1', { a: 1, b: [2] }],
      ['t.jsonl:2', null],
      ['t.jsonl:3', null],
      ['t.jsonl:5', { a: 'x\u2028y' }],
    ])
    expect(rows[1]!.problem).toBe('expected a JSON object')
    expect(rows[2]!.problem).toMatch(/^expected a JSON object \(.+\)$/)
  })
})

test.each([
  ['a.csv', 'csv'],
  ['A.CSV', 'csv'],
  ['x/a.jsonl', 'jsonl'],
  ['a.ndjson', 'jsonl'],
  ['a.json', null],
  ['csv', null],
])('tableKind(%j) is %j', (name, kind) => expect(tableKind(name)).toBe(kind))

const wanted = { image: 'image', conditioning: 'conditioning_image', values: ['text'] }
const plan = (record: Record<string, unknown>, base = '') =>
  planPictureRow({ place: 't:2', offset: 0, lengthBytes: 0, record, problem: null }, wanted, base)

describe('the row of a picture', () => {
  test.each([
    [{ file_name: 'a.png' }, '', 'a.png'],
    [{ image_file_name: 'a.png', file_name: 'b.png' }, '', 'a.png'],
    [{ image: 'a.png' }, '', 'a.png'],
    [{ file_name: './x//a.png' }, '', 'x/a.png'],
    [{ file_name: 'a.png' }, 'sub/dir', 'sub/dir/a.png'],
    [{ file_name: 'c:d.png' }, '', 'c:d.png'],
    [{ file_name: '..a.png' }, '', '..a.png'],
  ])('%j in %j is about %s', (record, base, expected) => {
    expect(plan(record, base)).toMatchObject({ image: expected, problem: null })
  })

  test.each([
    '../a.png',
    'x/../../a.png',
    'x/../a.png',
    '/etc/a.png',
    '\\a.png',
    '..\\a.png',
    'C:\\a.png',
    'c:/a.png',
    'https://x.org/a.png',
    'file:///a.png',
    'zip://a.png::b.zip',
    'a/',
    '.',
    'a\0.png',
  ])('%j is refused', (path) => {
    const row = plan({ file_name: path })
    expect(row.image).toBeNull()
    expect(row.problem).toMatch(/^its "file_name" is ".*; paths are written with \/ and start at the folder/)
    expect(plan({ file_name: 'a.png', conditioning_image: path }).problem).toContain(
      'its "conditioning_image" is',
    )
  })

  test.each([
    [['a face', 'a person'], 'a face'],
    [[], ''],
    [[null], ''],
    [[7], '7'],
  ])('of a list of captions the first counts: %j', (text, expected) => {
    expect(plan({ file_name: 'a.png', text })).toMatchObject({ values: { text: expected }, problem: null })
  })

  test('what is no list of texts, and a list of pictures, is refused', () => {
    expect(plan({ file_name: 'a.png', text: [['x']] }).problem).toBe('its "text" is a list; expected a text')
    expect(plan({ file_name: 'a.png', text: {} }).problem).toBe('its "text" is an object; expected a text')
    expect(plan({ file_name: ['a.png'] }).problem).toBe('its "file_name" is a list; expected a text')
  })

  test('texts, the conditioning image and what else is named', () => {
    const row = plan({
      file_name: 'a.png',
      conditioning_image_file_name: 'c.png',
      depth_file_name: 'd.png',
      text: 7,
    })
    expect(row).toMatchObject({
      conditioning: 'c.png',
      others: ['d.png'],
      values: { text: '7' },
      problem: null,
    })
    expect(plan({ file_name: 'a.png', text: '' }).values).toEqual({ text: '' })
    expect(plan({ file_name: 'a.png', text: null }).values).toEqual({ text: '' })
    expect(plan({ file_name: 'a.png' }).values).toEqual({})
  })

  test.each([
    [{ text: 'x' }, 'it names no picture in image_file_name, file_name, image'],
    [{ file_name: 'a.png', text: [['x']] }, 'its "text" is a list; expected a text'],
    [{ file_name: { a: 1 } }, 'its "file_name" is an object; expected a text'],
  ])('%j: %s', (record, problem) => expect(plan(record)).toMatchObject({ image: null, problem }))

  test('a column that is not there', () => {
    expect(() => checkColumns('t.csv', ['file_name', 'conditioning_image', 'txt'], wanted)).toThrow(
      expect.objectContaining({
        message:
          't.csv has no column "text" for the captions; it has "file_name", "conditioning_image", "txt".',
        hint: 'Did you mean "txt"? Correct dataset.captions, or the table.',
      }),
    )
    expect(() => checkColumns('t.csv', ['picture', 'text'], wanted)).toThrow(
      'for the pictures; it has "picture", "text".',
    )
    expect(() => checkColumns('t.csv', ['image', 'text'], wanted)).toThrow('for the conditioning images')
    expect(() => checkColumns('t.csv', ['image', 'conditioning_image', 'text'], wanted)).not.toThrow()
  })

  test.each([
    ['filname', 'Did you mean {filename}? Correct dataset.captions, or the table.'],
    ['Pose', 'Did you mean {pose}? Correct dataset.captions, or the table.'],
    ['hiar', 'Did you mean {hair}? Correct dataset.captions, or the table.'],
    ['profession', 'Correct dataset.captions, or the table.'],
  ])('a template with {%s}, which is neither a variable nor a column: %s', (name, hint) => {
    const template = { image: 'image', conditioning: null, values: [name], isTemplate: true }
    expect(() => checkColumns('t.csv', ['file_name', 'hair'], template)).toThrow(
      expect.objectContaining({
        message: `t.csv has no column "${name}" for the variable {${name}} of the caption template; it has "file_name", "hair".`,
        hint,
      }),
    )
  })
})
