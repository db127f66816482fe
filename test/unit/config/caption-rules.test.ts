import { expect, test } from 'vitest'
import { applyRules } from '../../../src/config/rules.ts'
import { configSchema } from '../../../src/config/schema.ts'

const check = (template: string, source: object, more: { condition?: object; crop?: string } = {}) => {
  const { condition, ...dataset } = more
  const config = configSchema.parse({
    version: 1,
    name: 'x',
    condition,
    dataset: { source, captions: { template }, ...dataset },
  })
  return applyRules(config).filter(({ path }) => path.join('.') === 'dataset.captions.template')
}
const generated = { generated: 4 }

test.each<[string, object, string]>([
  ['a {poze}', generated, 'unknown variable {poze}; did you mean {pose}?'],
  ['a {Filename}', { face_synthetics: 'x.zip' }, 'unknown variable {Filename}; did you mean {filename}?'],
  [
    'a {hairstyle}',
    generated,
    'unknown variable {hairstyle}; expected {filename}, {folder}, {pose}, {mouth}, {expression}, {eyes}',
  ],
  ['a {pose', { folder: 'x' }, '{ at character 3 has no partner; for a brace in the text write {{'],
])('%j of %j: %s', (template, source, message) => {
  expect(check(template, source).map((problem) => problem.message)).toEqual([message])
})

test.each<[string, object]>([
  ['a {pose}, {filename} {{x}}', generated],
  ['a {anything} of the columns', { folder: 'x' }],
  ['a {anything} of the columns', { parquet: 'x' }],
  ['', generated],
])('%j of %j is fine', (template, source) => {
  expect(check(template, source)).toEqual([])
})

test('where no faces are looked for, nothing can be said of them', () => {
  const canny = { condition: { kind: 'canny' } }
  expect(check('{pose} {filename}', generated, { ...canny, crop: 'center' })).toMatchObject([
    { message: '{pose} needs faces: condition.kind face-landmarks, or dataset.crop: face' },
  ])
  expect(check('{pose}', generated, { ...canny, crop: 'face' })).toEqual([])
})
