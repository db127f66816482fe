import { describe, expect, test } from 'vitest'
import { LANDMARK_FORMATS } from '../../../../src/formats/landmark-files/index.ts'
import {
  parseLandmarkCsv,
  POINT_COLUMNS,
  readLandmarkRow,
} from '../../../../src/formats/landmark-files/parse-landmark-csv.ts'
import { parseLandmarkJson } from '../../../../src/formats/landmark-files/parse-landmark-json.ts'
import { parsePts } from '../../../../src/formats/landmark-files/parse-pts.ts'
import { formatAnnotationDocument } from '../../../../src/dataset/annotations/annotation-document.ts'
import { LandmarkFileError, makeFace } from '../../../../src/formats/landmark-files/parsed-landmarks.ts'
import type { Point } from '../../../../src/faces/face.ts'
import { describeAbsent, describeMisplaced } from '../../../../src/formats/landmark-files/absent-points.ts'
import { parseLandmarkFile } from '../../../../src/formats/landmark-files/face-synthetics.ts'
import { readGoldenFace } from '../../faces/golden-face.ts'

const golden = readGoldenFace()
const face = makeFace(golden)
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

  test('no JSON at all', () => expect(() => parseLandmarkJson('{')).toThrow('it is not JSON ('))
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

const withPoints = (places: Record<number, Point>, points: readonly Point[] = golden): Point[] =>
  points.map((point, index) => places[index] ?? point)
const moved = (x: number, y: number): Point[] => golden.map((point) => [point[0] + x, point[1] + y])
/** So that the outermost points lie on the left and upper edge of the picture. */
const [left, top] = face.box

describe('points that are absent', () => {
  const pupils = '1 1\n2 2'
  const written = (mark: string, text: string): string => text.replace(/(?<=\n)11(.)12(?=\n)/, mark)
  const marked = withPoints({ 36: [11, 12] })
  const parse: Record<string, (mark: string) => unknown> = {
    '.pts': (mark) => parsePts(written(mark, pts(marked))),
    FaceSynthetics: (mark) =>
      parseLandmarkFile(written(mark, `${marked.map((point) => point.join(' ')).join('\n')}\n${pupils}`)),
    CSV: (mark) =>
      parseLandmarkCsv(written(mark.replace(' ', ','), marked.map((point) => point.join(',')).join('\n'))),
    JSON: (mark) =>
      parseLandmarkJson(JSON.stringify(marked).replace('[11,12]', `[${mark.replace(' ', ',')}]`)),
    'JSON with faces': (mark) =>
      parseLandmarkJson(
        JSON.stringify({ faces: [{ landmarks: marked }] }).replace('[11,12]', `[${mark.replace(' ', ',')}]`),
      ),
  }
  const forms: [mark: string, kinds: string[], form: string][] = [
    ['0 0', Object.keys(parse), '0 0'],
    ['-1 -1', Object.keys(parse), '-1 -1'],
    ['-1.0 -1.0', Object.keys(parse), '-1 -1'],
    ['NaN NaN', Object.keys(parse), 'no numbers'],
    ['nan nan', ['.pts', 'FaceSynthetics', 'CSV'], 'no numbers'],
    ['None None', ['.pts', 'CSV'], 'no numbers'],
    ['null null', ['.pts', 'JSON', 'JSON with faces'], 'no numbers'],
    [' ', ['CSV'], 'no numbers'],
  ]
  test.each(forms.flatMap(([mark, kinds, form]) => kinds.map((kind) => [mark, kind, form] as const)))(
    '"%s" in %s',
    (mark, kind, form) => {
      const place = kind === 'JSON with faces' ? 'faces[0].landmarks: ' : ''
      const wanted = new LandmarkFileError(`${place}1 of 68 points is absent (${form}): 36`, 'bad-landmarks')
      expect(() => parse[kind]!(mark)).toThrow(wanted)
    },
  )

  test.each<[string, readonly Point[], string | null]>([
    ['none', golden, null],
    [
      'a whole eye',
      withPoints(Object.fromEntries([36, 37, 38, 39, 40, 41, 60].map((i) => [i, [0, 0]]))),
      '7 of 68 points are absent (0 0): 36-41, 60',
    ],
    [
      'in two forms',
      withPoints({ 0: [-1, -1], 67: [NaN, NaN] }),
      '2 of 68 points are absent (-1 -1, no numbers): 0, 67',
    ],
    ['all', golden.map(() => [0, 0]), '68 of 68 points are absent (0 0): 0-67'],
    [
      'a face at the corner, with its outermost point there',
      withPoints({ 0: [0, 0] }, moved(-left, -top)),
      null,
    ],
    [
      'a face that was moved into the picture',
      moved(-left - 30, -top - 30).map(([x, y]) => [Math.max(0, x), Math.max(0, y)]),
      null,
    ],
    ['a face near the corner', withPoints({ 3: [0, 0] }, moved(8 - left, 8 - top)), null],
    [
      'a face near the corner without an eye',
      withPoints({ 36: [0, 0], 37: [0, 0] }, moved(8 - left, 8 - top)),
      '2 of 68 points are absent (0 0): 36-37',
    ],
    ['one coordinate is 0', withPoints({ 36: [0, 90], 37: [-1, 90] }), null],
  ])('%s', (_, points, message) => expect(describeAbsent(points)).toBe(message))
})

describe('points that are none of the picture', () => {
  const unit: Point[] = golden.map(([x, y]) => [x / 1000, y / 1000])
  test.each<[string, readonly Point[], string | null]>([
    ['a face in it', golden, null],
    ['a face that its edge cuts', moved(-300, 0), null],
    ['fractions of the picture', unit, 'all points lie between -1 and 1; expected pixels'],
    [
      'far out',
      withPoints({ 5: [5000, 20], 6: [-9999, -9999] }),
      '2 of 68 points lie outside of the picture of 512×512 px by more than its size (the first at 5000 20): 5-6',
    ],
    [
      'one far out',
      withPoints({ 5: [100, 1025] }),
      '1 of 68 points lies outside of the picture of 512×512 px by more than its size (the first at 100 1025): 5',
    ],
  ])('%s', (_, points, message) => expect(describeMisplaced(points, [512, 512])).toBe(message))
})
