import { expect, test } from 'vitest'
import {
  findNameClash,
  isAnnotationFile,
  planAnnotationNames,
} from '../../../../src/formats/pictures/annotation-names.ts'

test.each([
  ['beside the picture', [['/p/a.jpg', 'a.jpg']], null, ['/p/a']],
  ['in another folder, with sub-folders', [['/p/x/a.jpg', 'x/a.jpg']], '/o', ['/o/x/a']],
  [
    'two that would be one',
    [
      ['/p/a.jpg', 'a.jpg'],
      ['/p/a.PNG', 'a.PNG'],
    ],
    null,
    ['/p/a.jpg', '/p/a.PNG'],
  ],
  [
    'two that differ in case',
    [
      ['/p/A.jpg', 'A.jpg'],
      ['/p/a.png', 'a.png'],
    ],
    null,
    ['/p/A.jpg', '/p/a.png'],
  ],
  [
    'the same name in two folders',
    [
      ['/p/a.jpg', 'a.jpg'],
      ['/p/x/a.jpg', 'x/a.jpg'],
    ],
    null,
    ['/p/a', '/p/x/a'],
  ],
  ['dots in the name', [['/p/a.b.jpg', 'a.b.jpg']], null, ['/p/a.b']],
])('%s', (_, pictures, out, stems) => {
  const entries = pictures.map(([file, relative]) => ({ file: file!, relative: relative! }))
  expect(planAnnotationNames(entries, out).map(({ landmarks }) => landmarks)).toEqual(
    stems.map((stem) => `${stem}.landmarks.json`),
  )
})

test('two pictures that would share their files are found', () => {
  const entries = [
    { file: '/p/a.jpg', relative: 'a.jpg' },
    { file: '/q/a.jpg', relative: 'a.jpg' },
  ]
  expect(findNameClash(entries, planAnnotationNames(entries, '/o'))).toEqual(['/p/a.jpg', '/q/a.jpg'])
  expect(findNameClash(entries, planAnnotationNames(entries, null))).toBeNull()
})

test('our own files are known by their names', () => {
  expect(isAnnotationFile('a.conditioning.png')).toBe(true)
  expect(isAnnotationFile('a.jpg.landmarks.json')).toBe(true)
  expect(isAnnotationFile('conditioning.png')).toBe(false)
})
