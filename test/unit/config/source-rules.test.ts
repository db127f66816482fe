import { expect, test } from 'vitest'
import { applyRules } from '../../../src/config/rules.ts'
import { configSchema } from '../../../src/config/schema.ts'

const check = (dataset: object, condition: object = {}) =>
  applyRules(configSchema.parse({ version: 1, name: 'x', condition, dataset })).map(
    ({ path, message }) => `${path.join('.')}: ${message}`,
  )
const sidecar = { captions: { sidecar: '.txt' } }
const files = { annotator: 'files' }

test.each<[object, object, string]>([
  [
    { source: { parquet: 'x' }, ...sidecar },
    {},
    'dataset.captions.sidecar: only for pictures that are files (folder, face_synthetics, generated, pairs); parquet has no text files beside them',
  ],
  [
    { source: { hub: 'a/b' } },
    files,
    'condition.annotator: files needs condition.landmarks here: hub has no landmark files beside its pictures',
  ],
])('%j with %j: %s', (dataset, condition, problem) => {
  expect(check(dataset, condition)).toEqual([problem])
})

test.each<[object, object]>([
  [{ source: { folder: 'x' }, ...sidecar }, {}],
  [{ source: { generated: 3 }, ...sidecar }, {}],
  [{ source: { generated: { count: 3, size: 128, kind: 'plain' } }, ...sidecar }, {}],
  [{ source: { pairs: 'x.csv' }, ...sidecar }, { kind: 'images' }],
  [{ source: { parquet: 'x' } }, { ...files, landmarks: 'points.csv' }],
  [
    { source: { parquet: 'x' }, crop: 'center' },
    { ...files, kind: 'canny' },
  ],
])('%j with %j is fine', (dataset, condition) => {
  expect(check(dataset, condition)).toEqual([])
})
