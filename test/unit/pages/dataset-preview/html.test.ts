import { describe, expect, test } from 'vitest'
import { cutText, escapeHtml, formatName } from '../../../../src/pages/dataset-preview/html.ts'
import { countWords } from '../../../../src/pages/dataset-preview/preview-statistics.ts'

describe('escapeHtml', () => {
  test.each([
    [`<img src=x onerror="a('b')">&`, '&lt;img src=x onerror=&quot;a(&#39;b&#39;)&quot;&gt;&amp;'],
    ['a\nb\tc\r\nd\u2028e', 'a b c d e'],
    ['ring\u0007\u001b[31m\u007f\u0085', 'ring‹U+0007›‹U+001B›[31m‹U+007F› '],
    ['evil\u202egnp.exe', 'evil‹U+202E›gnp.exe'],
    ['\u2066hidden\u2069 \u200b\ufeff', '‹U+2066›hidden‹U+2069› ‹U+200B›‹U+FEFF›'],
    ['lone \ud800 half', 'lone ‹U+D800› half'],
    ['顔 صورة 👩‍👩‍👧 می‌روم', '顔 صورة 👩‍👩‍👧 می‌روم'],
  ])('%j', (text, html) => expect(escapeHtml(text)).toBe(html))
})

describe('cutText', () => {
  test.each([
    ['short', 5, 'short', null],
    ['longer', 5, 'long…', 6],
    ['two words', 5, 'two…', 9],
    ['😀😀😀', 3, '😀😀😀', null],
    ['😀😀😀😀', 3, '😀😀…', 4],
  ])('%j to %i', (text, limit, cut, whole) => expect(cutText(text, limit)).toEqual({ text: cut, whole }))
})

test('the end of a long path stays, and its direction is its own', () => {
  expect(formatName('a/b.png', 60)).toBe('<bdi>a/b.png</bdi>')
  expect(formatName(`${'x'.repeat(90)}/end.png`, 10)).toBe('<bdi>…x/end.png</bdi>')
})

test.each([
  ['', 0],
  ['  a portrait,  photo ', 3],
  ['一个人的肖像照片', 8],
  ['photo 写真 two', 4],
  ['صورة شخصية', 2],
])('%j has %i words', (caption, words) => expect(countWords(caption)).toBe(words))
