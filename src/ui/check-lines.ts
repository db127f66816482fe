/** The checks of a plan, or of `doctor`: the passed ones are counted, the others shown with their remedy. */
import type { Check, Plan } from '../types.ts'
import { formatCount } from '../words.ts'
import { cleanText, displayWidth, padText, wrapText, type Line, type Span } from './text.ts'

export function checkLines({ checks }: Pick<Plan, 'checks'>, room: number): Line[] {
  if (checks.length === 0) return []
  const passed = checks.filter(({ status }) => status === 'pass').length
  const open = [
    ...checks.filter(({ status }) => status === 'fail'),
    ...checks.filter(({ status }) => status === 'warn'),
  ]
  const width = Math.max(0, ...open.map(({ code }) => displayWidth(code))) + 2
  return [[`${formatCount(passed)} passed`], ...open.flatMap((check) => openCheck(check, width, room))]
}

function openCheck({ code, status, found, expected, remedy }: Check, width: number, room: number): Line[] {
  const mark: Span = status === 'fail' ? ['bad', '✖'] : ['warn', '!']
  const indent = ' '.repeat(width + 2)
  const wanted = expected === '' ? '' : ` (expected ${expected})`
  const finding = cleanText(`${found}${wanted}`)
  const todo = remedy === '' ? '' : `→ ${cleanText(remedy)}`
  const [first = '', ...rest] = sideBySide(finding, todo, room - indent.length)
  return [
    [mark, ` ${padText(cleanText(code), width)}${first}`],
    ...rest.map((line): Line => [`${indent}${line}`]),
  ]
}

/** The remedy behind the finding where there is room, else below. */
function sideBySide(finding: string, todo: string, room: number): string[] {
  const joined = `${finding}   ${todo}`.trimEnd()
  if (displayWidth(joined) <= room) return [joined]
  return [finding, todo].flatMap((text) => (text === '' ? [] : wrapText(text, room)))
}
