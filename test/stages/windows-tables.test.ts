/** Tables as Windows and Excel write them. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openLandmarkReader } from '../../src/annotators/files/open.ts'
import { POINT_COLUMNS } from '../../src/formats/landmark-files/parse-landmark-csv.ts'
import { annotateImages } from '../../src/stages/annotate-images/annotate-images.ts'
import { collectImages } from '../../src/stages/collect-images/collect-images.ts'
import { folder, put } from './case-folder.ts'
import { openBench, readAnnotations } from './dataset-stages.ts'
import { picture, ready, rejects } from './pair-folder.ts'

test.each([
  ['paths with backslashes', 'file_name,text\r\nsub\\0.png,zero\r\n.\\sub\\1.png,one\r\n'],
  ['CR alone', 'file_name,text\rsub/0.png,zero\rsub/1.png,one\r'],
  [
    'trailing commas and empty rows',
    'file_name,text,,\r\nsub/0.png,zero,,\r\nsub/1.png,one,,\r\n,,,\r\n,,\r\n',
  ],
])('metadata.csv: %s', async (_, table) => {
  for (const name of ['0', '1']) await put(`photos/sub/${name}.png`, await picture(Number(name)))
  await put('photos/metadata.csv', table)
  const bench = openBench(folder, {
    condition: { kind: 'canny' },
    dataset: {
      source: { folder: './photos' },
      crop: 'center',
      resolution: 64,
      max_rejects: '100%',
      captions: { column: 'text' },
    },
  })
  await bench.run([collectImages, annotateImages])
  const found = (await readAnnotations(bench)).map(({ source, caption, rejected }) => [
    source,
    rejected?.message ?? caption,
  ])
  expect(found).toEqual([
    ['sub/0.png', 'zero'],
    ['sub/1.png', 'one'],
  ])
})

test('pairs with backslashes; a name that has one is taken first', async () => {
  await put('set/image/0.png', await picture(1))
  await put('set/edges/0.png', await picture(2))
  await put('set/image\\1.png', await picture(3))
  await put(
    'set/pairs.csv',
    'image,conditioning_image,text\nimage\\0.png,edges\\0.png,x\nimage\\1.png,edges\\0.png,x\nimage\\2.png,edges\\0.png,x\n',
  )
  expect(await rejects(ready({ pairs: './set/pairs.csv' }))).toEqual({
    'image\\2.png': 'bad-row: pairs.csv:4 names it, but it is not there',
  })
})

test('landmarks with backslashes', async () => {
  const points = Array.from({ length: 68 }, (_, index) => `${index},${index}`).join(',')
  await put('points.csv', `file_name,${POINT_COLUMNS.flat().join(',')},,\r\nsub\\0.png,${points},,\r\n`)
  const reader = await openLandmarkReader(join(folder, 'points.csv'), { readBeside: async () => null })
  expect((await reader.find('sub/0.png'))?.parse().faces[0]!.landmarks[3]).toEqual([3, 3])
  await reader.close()
})
