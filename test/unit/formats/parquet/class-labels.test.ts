import { describe, expect, test } from 'vitest'
import { nameClass, parseClassLabels } from '../../../../src/formats/parquet/class-labels.ts'

const label = { names: ['cat', 'dog'], _type: 'ClassLabel' }
const read = (features: unknown) => [
  ...parseClassLabels([{ key: 'huggingface', value: JSON.stringify({ info: { features } }) }]),
]

describe('names of classes', () => {
  test.each<[string, unknown, unknown]>([
    ['a class', { kind: label, text: { dtype: 'string', _type: 'Value' } }, [['kind', ['cat', 'dog']]]],
    ['a list of them', { kinds: { feature: label, _type: 'List' } }, [['kinds', ['cat', 'dog']]]],
    ['a list, in older files', { kinds: [label] }, [['kinds', ['cat', 'dog']]]],
    ['no names', { kind: { _type: 'ClassLabel' } }, []],
    ['no features', null, []],
    ['features that are no mapping', ['x'], []],
  ])('%s', (_, features, expected) => {
    expect(read(features)).toEqual(expected)
  })

  test.each([undefined, [], [{ key: 'huggingface' }], [{ key: 'huggingface', value: '{' }]])(
    'none in %j',
    (metadata) => {
      expect(parseClassLabels(metadata).size).toBe(0)
    },
  )
})

test.each<[unknown, unknown]>([
  [1n, 'dog'],
  [0, 'cat'],
  [
    [1n, 0n],
    ['dog', 'cat'],
  ],
  [-1n, null],
  [7n, 7n],
  [null, null],
  ['cat', 'cat'],
])('the class %o is %o', (value, name) => {
  expect(nameClass(value, label.names)).toEqual(name)
})

test('a column without classes stays as it is', () => {
  expect(nameClass(1n, undefined)).toBe(1n)
})
