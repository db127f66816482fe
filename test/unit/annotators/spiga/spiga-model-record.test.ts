import { expect, test } from 'vitest'
import {
  largestDifferencePx,
  makeSpigaRecord,
  parseRecord,
  spigaKey,
} from '../../../../src/annotators/spiga/spiga-model-record.ts'

test.each([
  [[0.5, 0.25], [0.5, 0.25], 0],
  [[0.5, 0.25], [0.5, 0.35], 25.6],
  [[0.5, 0.25], [0.9, 0.25], 102.4],
  [[Number.NaN, 0], [0, 0], Infinity],
  [[0, Number.NaN, 0.5], [0, 0, 0], Infinity],
  [[0], [0, 0], Infinity],
])('%j and %j differ by %d px', (a, b, px) => {
  expect(largestDifferencePx(a, b, 256)).toBeCloseTo(px, 9)
})

test('other weights are another network', () => {
  expect(spigaKey('a')).toMatch(/^[0-9a-f]{16}$/)
  expect(spigaKey('a')).not.toBe(spigaKey('b'))
})

test.each([
  ['{"v":1,"sha256":"x"}', { v: 1, sha256: 'x' }],
  ['{"v":2}', null],
  ['null', null],
  ['{', null],
  [null, null],
])('record %j', (text, record) => {
  expect(parseRecord(text)).toEqual(record)
})

test('the record of an export says from what, by what, and how near', () => {
  const record = makeSpigaRecord({
    weights: { url: 'http://hub/w.pt', sha256: 'w', sizeBytes: 5 },
    answer: {
      onnx: { sha256: 'o', bytes: 4 },
      opset: 17,
      reference: { count: 2 },
      versions: { torch: '2.13.0' },
    },
    parity: { largestPx: 0.02, runtime: 'node' },
  })
  expect(record).toEqual({
    v: 1,
    weights: { url: 'http://hub/w.pt', sha256: 'w', sizeBytes: 5 },
    onnx: { sha256: 'o', sizeBytes: 4, opset: 17 },
    exporter: { version: 1, packages: { torch: '2.13.0' } },
    parity: { inputs: 2, largestPx: 0.02, limitPx: 0.1, runtime: 'node' },
  })
})
