import fc from 'fast-check'
import { expect, it } from 'vitest'
import { MAX_LINE, splitStream, stripControls } from '../../../../src/trainer/log/split-stream.ts'

function split(chunks: readonly string[]): string[] {
  const splitter = splitStream()
  return [...chunks.flatMap((chunk) => splitter.push(chunk)), ...splitter.end()]
}

it.each([
  ['one\ntwo\r\nthree\rfour', ['one', 'two', 'three', 'four']],
  ['\n\r\n  \n', []],
  ['\ra  \r b\x1b[A\n', ['a', ' b']],
])('%j', (text, pieces) => {
  expect(split([text])).toEqual(pieces)
})

it.each([
  ['\x1b[1;31mred\x1b[0m', 'red'],
  ['\x1b]0;title\x07text', 'text'],
  ['\x1b]8;;https://x\x1b\\link\x1b]8;;\x1b\\', 'link'],
  ['a\x00b\x9bc\x7f', 'abc'],
  ['tab\tstays, so does é█', 'tab\tstays, so does é█'],
])('no control sequence is left: %j', (text, plain) => {
  expect(stripControls(text)).toBe(plain)
})

it('a line without end is cut', () => {
  const pieces = split(['x'.repeat(MAX_LINE * 2 + 5)])
  expect(pieces.map((piece) => piece.length)).toEqual([MAX_LINE, MAX_LINE, 5])
})

it('chunks make no difference, also for lines that are too long', () => {
  const line = fc.oneof(
    fc.string({ maxLength: 20 }),
    fc.integer({ min: MAX_LINE - 3, max: MAX_LINE + 3 }).map((length) => 'y'.repeat(length)),
  )
  const text = fc
    .array(fc.tuple(line, fc.constantFrom('\n', '\r', '\r\n')), { maxLength: 5 })
    .map((lines) => lines.flat().join(''))
  fc.assert(
    fc.property(text, fc.array(fc.nat({ max: MAX_LINE + 10 }), { maxLength: 6 }), (whole, cuts) => {
      const places = [0, ...cuts.toSorted((a, b) => a - b), whole.length]
      const chunks = places.slice(1).map((end, index) => whole.slice(places[index], end))
      const inOrder = chunks.join('') === whole ? chunks : [whole]
      expect(split(inOrder)).toEqual(split([whole]))
    }),
    { numRuns: 200 },
  )
})
