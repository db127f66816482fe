import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cleanCaption, planCaption, sidecarName } from '../../../src/dataset/captions.ts'

test.each([
  ['  a face \n', 'a face'],
  ['two\nlines\r\nand\ta tab', 'two lines and a tab'],
  ['\uFEFFfrom Windows', 'from Windows'],
  ['red \u001b[31mtext\u0007', 'red [31mtext'],
  ['one\u2028line\u2029only\u0085please', 'one line only please'],
  ['çà 顔 🙂', 'çà 顔 🙂'],
  ['half \ud83d', 'half \ufffd'],
  ['\u0000\n', ''],
])('cleanCaption(%j)', (text, clean) => {
  expect(cleanCaption(text)).toBe(clean)
})

test('a clean caption is one well-formed line and stays as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const clean = cleanCaption(text)
      expect(clean).not.toMatch(/\p{Cc}|\p{Cs}|[\u2028\u2029]|^\s|\s$/u)
      expect(cleanCaption(clean)).toBe(clean)
    }),
  )
})

test.each([
  [{ template: ' a portrait ' }, null, 'a portrait'],
  [{ template: '' }, null, ''],
  [{ template: 'a portrait' }, 'ignored', 'a portrait'],
  [{ sidecar: '.txt' }, 'a man', 'a man'],
  [{ sidecar: '.txt' }, ' \n', null],
  [{ sidecar: '.txt' }, null, null],
])('planCaption(%j, %j)', (source, text, caption) => {
  expect(planCaption({ ...source, drop: 0 }, text)).toBe(caption)
})

test.each([
  ['a/b.jpg', '.txt', 'a/b.txt'],
  ['a/b.jpg', 'txt', 'a/b.txt'],
  ['a.b/c.tar.png', '.caption', 'a.b/c.tar.caption'],
  ['a.b/c', '.txt', 'a.b/c.txt'],
])('sidecarName(%j, %j)', (picture, extension, name) => {
  expect(sidecarName(picture, extension)).toBe(name)
})
