import { utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { POINT_COLUMNS } from '../../src/formats/landmark-files/parse-landmark-csv.ts'
import { annotateImages } from '../../src/stages/annotate-images/annotate-images.ts'
import { collectImages } from '../../src/stages/collect-images/collect-images.ts'
import { openLandmarkReader } from '../../src/annotators/files/open.ts'
import { observeSource } from '../../src/sources/observe-source.ts'
import { readGoldenFace } from '../unit/faces/golden-face.ts'
import { folder, put } from './case-folder.ts'
import { openBench, readAnnotations } from './dataset-stages.ts'
import { makeNoise } from './face-pictures.ts'

const golden = readGoldenFace().map(([x, y]) => [x / 4, y / 4] as const)
const lines = (points: readonly (readonly [number, number])[], separator: string): string =>
  points.map((point) => point.join(separator)).join('\n')
const shifted = golden.map(([x, y]) => [x + 1, y + 1] as const)
const document = (faces: unknown[], width = 128): string =>
  JSON.stringify({ v: 1, image: 'x.png', width, height: 128, annotator: null, faces })

async function annotate(names: readonly string[], condition: object = {}) {
  for (const [index, name] of names.entries())
    await put(`photos/${name}`, await makeNoise(128, index).png().toBuffer())
  const bench = openBench(folder, {
    condition: { annotator: 'files', ...condition },
    dataset: {
      source: { folder: './photos' },
      resolution: 64,
      max_rejects: '100%',
      faces: 'all',
      filters: { duplicates: 'keep', cut_faces: 'keep', max_pose: 180 },
    },
  })
  // That too many are left out is not what is looked at here.
  await bench.run([collectImages]).then(() => bench.run([annotateImages]).catch(() => undefined))
  return readAnnotations(bench)
}

test('every kind of file beside the pictures gives the same landmarks', async () => {
  await put('photos/a_ldmks.txt', lines([...golden, [1, 1], [2, 2]], ' '))
  await put('photos/sub/b.pts', `version: 1\nn_points: 68\n{\n${lines(shifted, ' ')}\n}\n`)
  await put('photos/c.landmarks.json', document([{ landmarks: golden, score: 0.5, box: [0, 0, 1, 1] }]))
  await put('photos/d.json', JSON.stringify(golden))
  await put('photos/e.csv', `x,y\n${lines(golden, ',')}`)
  const found = await annotate(['a.png', 'sub/b.png', 'c.png', 'd.png', 'e.png'])
  expect(found.map(({ source, rejected }) => [source, rejected])).toEqual(
    ['a', 'c', 'd', 'e', 'sub/b'].map((name) => [`${name}.png`, null]),
  )
  for (const { face } of found)
    for (const [index, [x, y]] of face!.landmarks.entries())
      expect(Math.hypot(x - golden[index]![0], y - golden[index]![1])).toBeLessThan(0.001)
  expect(found.map(({ face }) => face!.score)).toEqual([1, 0.5, 1, 1, 1])
})

test('what is wrong with one is said with its file and place', async () => {
  await put('photos/few.pts', `{\n${lines(golden.slice(1), ' ')}\n}`)
  await put('photos/word.csv', lines(golden, ',').replace(/\n/, '\nx,y\n'))
  await put('photos/none.landmarks.json', document([]))
  await put('photos/other.landmarks.json', document([{ landmarks: golden }], 640))
  const found = await annotate(['few.png', 'word.png', 'none.png', 'other.png', 'bare.png'])
  expect(
    Object.fromEntries(found.map(({ id, rejected }) => [id, `${rejected!.code}: ${rejected!.message}`])),
  ).toEqual({
    bare: 'no-landmarks: there is no bare_ldmks.txt, bare.pts or bare.landmarks.json',
    few: 'no-landmarks: few.pts: expected 68 points, found 67',
    none: 'no-face: no face found',
    other: 'no-landmarks: other.landmarks.json is about a picture of 640×128 px, not 128×128',
    word: 'no-landmarks: word.csv: line 2: expected two numbers, found "x y"',
  })
})

test('points that are absent, or none of the picture, are no face', async () => {
  const without = golden.map(([x, y], index) =>
    index >= 36 && index < 48 ? ([0, 0] as const) : ([x, y] as const),
  )
  await put('photos/eyes.csv', lines(without, ','))
  await put('photos/units.json', JSON.stringify(golden.map(([x, y]) => [x / 128, y / 128])))
  await put(
    'photos/huge.pts',
    `{\n${lines(
      golden.map(([x, y]) => [x * 20, y * 20]),
      ' ',
    )}\n}`,
  )
  await put('photos/python.json', JSON.stringify(golden).replace(/\[[^\][]*\]/, '[NaN, NaN]'))
  const two = [{ landmarks: golden }, { landmarks: golden.map(([x]) => [x, 9999]) }]
  await put('photos/two.landmarks.json', document(two))
  const found = await annotate(['eyes.png', 'units.png', 'huge.png', 'python.png', 'two.png'])
  const messages = found.map(({ id, rejected }) => [id, `${rejected!.code}: ${rejected!.message}`])
  expect(Object.fromEntries(messages)).toEqual({
    eyes: 'bad-landmarks: eyes.csv: 12 of 68 points are absent (0 0): 36-47',
    huge: expect.stringMatching(
      /^bad-landmarks: huge.pts: \d+ of 68 points lie outside of the picture of 128×128 px by more than its size \(the first at [\d.]+ [\d.]+\): /,
    ),
    python: 'bad-landmarks: python.json: 1 of 68 points is absent (no numbers): 0',
    two: 'bad-landmarks: two.landmarks.json: face 2: 68 of 68 points lie outside of the picture of 128×128 px by more than its size (the first at 27.6855 9999): 0-67',
    units: 'bad-landmarks: units.json: all points lie between -1 and 1; expected pixels',
  })
})

const csvRow = (name: string, points = golden): string => `${name},${points.flat().join(',')}`
const header = `file_name,${POINT_COLUMNS.flat().join(',')}`

test('one CSV file for all, one row a face', async () => {
  const small = golden.map(([x, y]) => [x / 2, y / 2] as const)
  const rows = [
    header,
    csvRow('b.png'),
    csvRow('./sub/a.png'),
    csvRow('b.png', small),
    'c.png,1,2',
    csvRow('d.png').replace(/[^,]+$/, 'x'),
  ]
  await put('points.csv', `\uFEFF${rows.join('\r\n')}`)
  const found = await annotate(['b.png', 'sub/a.png', 'c.png', 'd.png'], { landmarks: 'points.csv' })
  expect(found.map(({ id, rejected }) => [id, rejected?.message ?? null])).toEqual([
    ['b', null],
    ['b#2', null],
    [
      'c',
      "points.csv has no row for c.png (and rows that can't be read; the first: points.csv:5: expected 137 fields as in the first line, found 3 (a field with a comma needs quotes))",
    ],
    ['d', expect.stringMatching(/^points\.csv: line 6: x67, y67: expected two numbers, found "\S+ x"$/)],
    ['sub/a', null],
  ])
  expect(found[1]!.face!.landmarks[8]![0]).toBeCloseTo(golden[8]![0] / 2, 2)
})

test('one JSONL file for all', async () => {
  const rows = [
    { file_name: 'a.png', landmarks: golden },
    { file_name: 'b.png', faces: [{ landmarks: golden }, { landmarks: golden }] },
    { file_name: 'c.png', landmarks: golden.map((point, index) => (index === 8 ? null : point)) },
  ]
  await put('points.jsonl', rows.map((row) => JSON.stringify(row).replace('null', '[NaN, NaN]')).join('\n'))
  const found = await annotate(['a.png', 'b.png', 'c.png'], { landmarks: 'points.jsonl' })
  expect(found.map(({ id, rejected }) => [id, rejected])).toEqual([
    ['a', null],
    ['b', null],
    ['b#2', null],
    [
      'c',
      {
        code: 'bad-landmarks',
        message: 'points.jsonl: line 3: landmarks: 1 of 68 points is absent (no numbers): 8',
      },
    ],
  ])
})

test('a folder of landmark files, with the paths of the pictures', async () => {
  await put('points/sub/a.pts', `{\n${lines(shifted, ' ')}\n}`)
  const [found] = await annotate(['sub/a.png'], { landmarks: 'points' })
  expect(found).toMatchObject({ id: 'sub/a', rejected: null })
})

test('changes of the landmarks are changes of the source, and a place that is not there is said', async () => {
  await put('photos/a.png', await makeNoise(64, 1).png().toBuffer())
  await put('points.csv', header)
  const observe = (landmarks: string) =>
    observeSource({ folder: './photos' }, { workingDirectory: folder, landmarks }).then(
      ({ digest }) => digest,
    )
  const before = await observe('points.csv')
  await utimes(join(folder, 'points.csv'), 5, 5)
  expect(await observe('points.csv')).not.toBe(before)
  await expect(observe('nowhere')).rejects.toMatchObject({ code: 'landmarks-missing', reason: 'preflight' })
})

test.each([
  ['points.csv', 'file_name,x0\na.png,1\n', 'points.csv has no column y0'],
  ['points.csv', 'x0,y0\n', 'points.csv has no column file_name'],
  ['points.mat', 'x', 'is neither a folder nor a .csv or .jsonl file'],
])('%s with %j is refused', async (name, content, message) => {
  await put(name, content)
  const opened = openLandmarkReader(join(folder, name), { readBeside: async () => null })
  await expect(opened).rejects.toMatchObject({
    reason: 'preflight',
    message: expect.stringContaining(message),
  })
})
