import { describe, expect, test } from 'vitest'
import { LANDMARK_FORMATS } from '../../../src/dataset/landmark-files/index.ts'
import {
  parseLandmarkCsv,
  POINT_COLUMNS,
  readLandmarkRow,
} from '../../../src/dataset/landmark-files/parse-landmark-csv.ts'
import { parseLandmarkJson } from '../../../src/dataset/landmark-files/parse-landmark-json.ts'
import { parsePts } from '../../../src/dataset/landmark-files/parse-pts.ts'
import { formatAnnotationDocument } from '../../../src/dataset/annotations/annotation-document.ts'
import { toFace } from '../../../src/dataset/landmark-files/parsed-landmarks.ts'
import { readGoldenFace } from './golden-face.ts'

const golden = readGoldenFace()
const face = toFace(golden)
const pts = (
  points: readonly (readonly [number, number])[],
  header = `version: 1\nn_points: ${points.length}\n`,
) => `${header}{\n${points.map(([x, y]) => `${x} ${y}`).join('\n')}\n}\n`

test('the names that are looked for, in order', () => {
  expect(LANDMARK_FORMATS.map(({ name }) => name('a/b.c.jpg'))).toEqual([
    'a/b.c_ldmks.txt',
    'a/b.c.pts',
    'a/b.c.jpg.landmarks.json',
    'a/b.c.landmarks.json',
    'a/b.c.json',
    'a/b.c.csv',
  ])
})

describe('.pts', () => {
  test('counts from 1: the top-left pixel (1, 1) is (0, 0) here', () => {
    const shifted = golden.map(([x, y]) => [x + 1, y + 1] as const)
    const [found] = parsePts(pts(shifted)).faces
    found!.landmarks.forEach(([x, y], index) => {
      expect(x).toBeCloseTo(golden[index]![0], 9)
      expect(y).toBeCloseTo(golden[index]![1], 9)
    })
    expect(found!.score).toBe(1)
  })

  test.each([
    ['CRLF', (text: string) => text.replaceAll('\n', '\r\n')],
    ['a byte order mark', (text: string) => `\uFEFF${text}`],
    [
      'blanks, no blank behind the colon',
      (text: string) => text.replace('n_points: ', 'n_points:').replaceAll(' ', '  '),
    ],
    ['a comment', (text: string) => `// iBUG\n${text}`],
    ['no header', (text: string) => text.slice(text.indexOf('{'))],
  ])('%s', (_, change) => {
    expect(parsePts(change(pts(golden))).faces[0]!.landmarks).toHaveLength(68)
  })

  test.each<[string, string]>([
    [pts(golden.slice(1)), 'expected 68 points, found 67'],
    [pts(golden, 'version: 1\nn_points: 70\n'), 'n_points is 70, but there are 68 points'],
    [pts(golden).replace('}', ''), 'expected the points between { and }'],
    [pts(golden).replace(/\n(\S+) (\S+)\n}/, '\n$1\n}'), 'line 71: expected two numbers, found "'],
    [pts([[NaN, 1], ...golden.slice(1)]), 'line 4: expected two numbers, found "NaN 1"'],
    [pts([[Infinity, 1], ...golden.slice(1)]), 'line 4: expected two numbers'],
    ['', 'expected the points between'],
  ])('refused %#', (text, message) => expect(() => parsePts(text)).toThrow(message))
})

describe('JSON', () => {
  const document = {
    v: 1,
    image: 'a.jpg',
    width: 640,
    height: 480,
    annotator: null,
    faces: [face, { ...face, score: 0.5 }],
  } as const

  test('what annotate writes, with all faces', () => {
    const found = parseLandmarkJson(formatAnnotationDocument(document))
    expect(found.size).toEqual([640, 480])
    expect(found.faces.map(({ score }) => score)).toEqual([1, 0.5])
    expect(found.faces[0]).toEqual(face)
    expect(parseLandmarkJson(JSON.stringify({ ...document, faces: [] })).faces).toEqual([])
  })

  test('a plain list of points, and an object with landmarks', () => {
    const plain = { faces: [face], size: null }
    expect(parseLandmarkJson(JSON.stringify(golden))).toEqual(plain)
    expect(parseLandmarkJson(`\uFEFF${JSON.stringify({ landmarks: golden })}`)).toEqual(plain)
  })

  test.each<[unknown, string]>([
    [golden.slice(2), 'expected 68 points, found 66'],
    [[...golden.slice(0, 67), [1, null]], 'point[67]: expected two numbers, found [1,null]'],
    [
      { faces: [face, { landmarks: [[1, 2, 3]] }] },
      'faces[1].landmarks[0]: expected two numbers, found [1,2,3]',
    ],
    [{ faces: [{}] }, 'expected a list of points in faces[0].landmarks'],
    [{ points: golden }, 'expected "faces" or "landmarks" in it'],
    ['text', 'expected a list of 68 points, or an object with faces'],
  ])('refused %#', (value, message) =>
    expect(() => parseLandmarkJson(JSON.stringify(value))).toThrow(message),
  )

  test('no JSON at all', () => expect(() => parseLandmarkJson('{')).toThrow('it is no JSON ('))
})

describe('CSV', () => {
  const lines = golden.map((point) => point.join(','))

  test.each([
    ['68 lines', lines.join('\n')],
    ['a header', ['x,y', ...lines].join('\r\n')],
    ['a byte order mark', `\uFEFF${lines.join('\n')}\n`],
  ])('%s', (_, text) => expect(parseLandmarkCsv(text)).toEqual({ faces: [face], size: null }))

  test.each([
    [lines.slice(1).join('\n'), 'expected 68 points, found 67'],
    [['x,y', '1', ...lines.slice(1)].join('\n'), 'line 2: expected two numbers, found "1"'],
    [['1,', ...lines.slice(1)].join('\n'), 'line 1: expected two numbers, found "1 "'],
  ])('refused %#', (text, message) => expect(() => parseLandmarkCsv(text)).toThrow(message))

  test('a row of a table', () => {
    const row = Object.fromEntries(
      POINT_COLUMNS.flatMap(([x, y], index) => [
        [x, String(golden[index]![0])],
        [y, String(golden[index]![1])],
      ]),
    )
    expect(readLandmarkRow(row)).toEqual(face)
    expect(() => readLandmarkRow({ ...row, y67: 'x' })).toThrow('x67, y67: expected two numbers')
    expect(() => readLandmarkRow({ ...row, y67: '' })).toThrow('x67, y67: expected two numbers')
  })
})
