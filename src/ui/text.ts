/** Text of unknown origin, and how wide it is on a screen. */
import type { Look, Paint } from './style.ts'

// Colours and cursor movements (CSI), titles and links (OSC): gone without a trace.
// eslint-disable-next-line no-control-regex
const SEQUENCES = /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)/g
const BLANKS = /[\t\n\v\f\r\u0085\u2028\u2029]+/g
// C0, DEL, C1, zero-width space and marks that change the writing direction.
// eslint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g

// What a GitHub runner takes for a command: `::error …` at the start of a line, `##[error]` anywhere in it.
const WORKFLOW_COMMANDS: readonly (readonly [RegExp, string])[] = [
  [/^(\s*):(?=:)/, '$1: '],
  [/##(?=\[)/g, '# #'],
]

/**
 * One line without control characters: file names and other programs' words must steer neither the terminal nor the runner of a
 * workflow that reads along.
 */
export function cleanText(text: string): string {
  const plain = text.replace(SEQUENCES, '').replace(BLANKS, ' ').replace(CONTROLS, '\ufffd')
  return WORKFLOW_COMMANDS.reduce((line, [pattern, harmless]) => line.replace(pattern, harmless), plain)
}

/** JSON on one line, in which no runner finds a command: `##[` stands in texts alone, where it may be written otherwise. */
export function formatJson(document: unknown): string {
  return JSON.stringify(document).replaceAll('##[', '#\\u0023[')
}

/** The same for text of several lines. */
export function cleanLines(text: string): string[] {
  return text.split(/\r\n|\n/).map((line) => cleanText(line).trimEnd())
}

/** Latin letters, dashes, arrows and signs like ≈: each character is one column, and none joins another. */
const NARROW = /^[\x20-\x7e\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u205e\u2190-\u22ff]*$/
const WIDE =
  /^(?:\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}])/u
const COMBINING = /^\p{Mark}+$/u
let segmenter: Intl.Segmenter | undefined

/** Columns on a terminal: East Asian characters and emoji take two. */
export function displayWidth(text: string): number {
  if (NARROW.test(text)) return text.length
  let width = 0
  for (const { segment } of splitGraphemes(text)) width += graphemeWidth(segment)
  return width
}

/** The segmenter takes 10 ms to make, and most texts don't need it. */
function splitGraphemes(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' })
  return segmenter.segment(text)
}

function graphemeWidth(grapheme: string): number {
  if (COMBINING.test(grapheme)) return 0
  return WIDE.test(grapheme) || grapheme.includes('\ufe0f') ? 2 : 1
}

/** Cut to `width` columns, with an ellipsis where something is missing. */
export function fitText(text: string, width: number): string {
  if (displayWidth(text) <= width) return text
  if (width < 1) return ''
  let kept = ''
  let used = 1
  for (const { segment } of splitGraphemes(text)) {
    used += graphemeWidth(segment)
    if (used > width) break
    kept += segment
  }
  return `${kept}…`
}

/** A list like `12 no face, 7 too small` cut to `width` columns, at a comma where there is one. */
export function fitList(text: string, width: number): string {
  if (displayWidth(text) <= width) return text
  const cut = fitText(text, width - 2)
  const comma = cut.lastIndexOf(', ')
  return comma === -1 ? fitText(text, width) : `${cut.slice(0, comma)}, …`
}

/** Like `padEnd`, in columns. */
export function padText(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)))
}

/** Part of a line: plain, or with a look. */
export type Span = string | readonly [look: Look, text: string]
export type Line = readonly Span[]

export function lineWidth(line: Line): number {
  return line.reduce((sum, span) => sum + displayWidth(spanText(span)), 0)
}

/** The line as it is written, cut to `columns`. */
export function paintLine(line: Line, paint: Paint, columns = Infinity): string {
  let left = columns
  let painted = ''
  const fits = lineWidth(line) <= columns
  for (const span of line) {
    if (left <= 0) break
    const text = spanText(span)
    const cut = fits || displayWidth(text) < left ? text : fitText(`${text} `, left)
    left -= displayWidth(cut)
    painted += typeof span === 'string' ? cut : paint(span[0], cut)
  }
  return painted.trimEnd()
}

function spanText(span: Span): string {
  return typeof span === 'string' ? span : span[1]
}

/** `right` flush with column `width`, or three blanks behind `left` where that is not to be had. */
export function justify(left: Line, right: Line, width: number): Line {
  if (lineWidth(right) === 0) return left
  return [...left, ' '.repeat(Math.max(3, width - lineWidth(left) - lineWidth(right))), ...right]
}

/** Breaks at blanks; a word longer than `width` stays whole. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = []
  let current = ''
  for (const word of text.split(' ')) {
    const longer = current === '' ? word : `${current} ${word}`
    if (current !== '' && displayWidth(longer) > width) {
      lines.push(current)
      current = word
    } else current = longer
  }
  return [...lines, current]
}
