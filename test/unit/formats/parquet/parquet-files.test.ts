import { expect, test } from 'vitest'
import { chooseParquetFiles } from '../../../../src/formats/parquet/parquet-files.ts'
import { isCommit, parseHubName } from '../../../../src/tools/hub/hub-name.ts'

test.each<[name: string, paths: string[], chosen: string[], note: string | null]>([
  ['none', ['README.md', 'a.csv'], [], null],
  ['all, sorted', ['b.parquet', 'README.md', 'a.PARQUET'], ['a.PARQUET', 'b.parquet'], null],
  [
    'as datasets publishes them',
    ['data/train-00001-of-00002-ab.parquet', 'data/train-00000-of-00002-cd.parquet'],
    ['data/train-00000-of-00002-cd.parquet', 'data/train-00001-of-00002-ab.parquet'],
    null,
  ],
  ['a split', ['data/test-0.parquet', 'data/train-0.parquet'], ['data/train-0.parquet'], 'the train split'],
  ['folders', ['train/a.parquet', 'valid/a.parquet'], ['train/a.parquet'], 'the train split'],
  [
    'part of a word',
    ['trains.parquet', 'constraint.parquet'],
    ['constraint.parquet', 'trains.parquet'],
    null,
  ],
  ['underscores', ['my_train_set.parquet', 'x.parquet'], ['my_train_set.parquet'], 'the train split'],
  [
    'converted, several configurations',
    ['b/train/0000.parquet', 'a/train/0001.parquet', 'a/train/0000.parquet', 'a/test/0000.parquet'],
    ['a/train/0000.parquet', 'a/train/0001.parquet'],
    'the train split, configuration a',
  ],
  [
    'converted, with a default',
    ['a/train/0000.parquet', 'default/partial-train/0000.parquet'],
    ['default/partial-train/0000.parquet'],
    'configuration default',
  ],
])('%s', (_name, paths, chosen, note) => {
  expect(chooseParquetFiles(paths)).toEqual({ paths: chosen, note })
})

test.each([
  ['user/set', { id: 'user/set', revision: 'main' }],
  ['user/set@refs/pr/1', { id: 'user/set', revision: 'refs/pr/1' }],
])('the name %s', (text, name) => expect(parseHubName(text)).toEqual(name))

test.each([
  ['main', false],
  ['a'.repeat(40), true],
  ['a'.repeat(39), false],
])('whether %s is a commit', (revision, is) => expect(isCommit(revision)).toBe(is))
