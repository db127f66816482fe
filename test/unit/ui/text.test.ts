import { describe, expect, test } from 'vitest'
import { createPaint, wantsColor, canRedraw } from '../../../src/ui/style.ts'
import * as text from '../../../src/ui/text.ts'

describe('cleanText', () => {
  test.each([
    ['colours', '\u001b[31mred\u001b[0m', 'red'],
    ['cursor movements', 'a\u001b[2J\u001b[Hb', 'ab'],
    ['titles', '\u001b]0;owned\u0007name.png', 'name.png'],
    ['links', '\u001b]8;;http://x\u001b\\here\u001b]8;;\u001b\\', 'here'],
    ['a broken sequence', 'a\u001b', 'a\ufffd'],
    ['the 8-bit escape', '\u009b31mred', '\ufffd31mred'],
    ['line ends and tabs', 'a\r\n\tb', 'a b'],
    ['marks that turn the direction', 'photo\u202egpj.exe', 'photo\ufffdgpj.exe'],
    ['bells and deletes', 'a\u0007\u007fb', 'a\ufffd\ufffdb'],
    ['a command to a GitHub runner', '::error file=a.ts::pwned', ': :error file=a.ts::pwned'],
    ['one behind blanks', '  ::add-mask::a', '  : :add-mask::a'],
    ['one behind a colour', '\u001b[31m::stop-commands::x', ': :stop-commands::x'],
    ['one in the old form', 'a ##[set-env name=PATH]b ##[error]', 'a # #[set-env name=PATH]b # #[error]'],
  ])('%s', (_, dirty, clean) => expect(text.cleanText(dirty)).toBe(clean))

  test('leaves honest names alone', () => {
    for (const name of ['Zoë.jpg', '写真.png', '👩‍👩‍👧.webp', "it's 100 %.jpg"]) {
      expect(text.cleanText(name)).toBe(name)
    }
  })
})

test('JSON holds no command to a GitHub runner, and means the same', () => {
  const document = { message: '##[error]a ###[b', list: [{ '##[key]': '::error::x' }] }
  expect(text.formatJson(document)).not.toContain('##[')
  expect(JSON.parse(text.formatJson(document))).toEqual(document)
})

test.each([
  ['abc', 3],
  ['Zoë', 3],
  ['Zoe\u0308', 3],
  ['写真', 4],
  ['≈ 3 × 4 – “naïve” …', 19],
  ['👩‍👩‍👧', 2],
  ['▕██▏ ✔ →', 8],
])('%s is %d columns wide', (name, width) => expect(text.displayWidth(name)).toBe(width))

test.each([
  ['abcdef', 6, 'abcdef'],
  ['abcdef', 5, 'abcd…'],
  ['写真写真', 5, '写真…'],
  ['写真写真', 4, '写…'],
  ['abc', 0, ''],
])('%s in %d columns is %s', (name, width, fitted) => expect(text.fitText(name, width)).toBe(fitted))

test('paintLine cuts without colour where it cuts with colour', () => {
  const line: text.Line = [['good', '✔'], ' train   ', ['dim', '216 steps']]
  expect(text.paintLine(line, createPaint(false))).toBe('✔ train   216 steps')
  expect(text.paintLine(line, createPaint(false), 19)).toBe('✔ train   216 steps')
  expect(text.paintLine(line, createPaint(false), 14)).toBe('✔ train   216…')
  expect(text.paintLine(line, createPaint(true), 14)).toBe(
    '\u001b[32m✔\u001b[39m train   \u001b[2m216…\u001b[22m',
  )
})

test('wrapText breaks at blanks and keeps long words whole', () => {
  expect(text.wrapText('a few words and a/very/long/path/name.png here', 12)).toEqual([
    'a few words',
    'and',
    'a/very/long/path/name.png',
    'here',
  ])
})

describe('wantsColor', () => {
  test.each([
    [{ isTTY: true, env: {} }, true],
    [{ isTTY: false, env: {} }, false],
    [{ isTTY: true, env: { NO_COLOR: '1' } }, false],
    [{ isTTY: true, env: { NO_COLOR: '' } }, true],
    [{ isTTY: true, env: { TERM: 'dumb' } }, false],
    [{ isTTY: false, env: { FORCE_COLOR: '1' } }, true],
    [{ isTTY: true, env: { FORCE_COLOR: '0' } }, false],
    [{ isTTY: false, env: { FORCE_COLOR: '', NO_COLOR: '1' } }, true],
    [{ isTTY: true, flag: false, env: { FORCE_COLOR: '1' } }, false],
  ])('%j: %s', (question, answer) => expect(wantsColor(question)).toBe(answer))

  test('the live view needs a terminal that can move its cursor', () => {
    const xterm = { isTTY: true, columns: 80, env: { TERM: 'xterm' } }
    expect(canRedraw(xterm)).toBe(true)
    expect(canRedraw({ ...xterm, columns: 0 })).toBe(false)
    expect(canRedraw({ ...xterm, isTTY: false })).toBe(false)
    expect(canRedraw({ ...xterm, env: { TERM: 'dumb' } })).toBe(false)
  })
})
