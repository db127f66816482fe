/** Looks instead of colours, and whether to use them at all. */
import { styleText } from 'node:util'

/** Green, yellow and red say pass, warn and fail; nothing else is coloured. */
export type Look = 'bold' | 'dim' | 'good' | 'warn' | 'bad'
export type Paint = (look: Look, text: string) => string

const FORMATS = { bold: 'bold', dim: 'dim', good: 'green', warn: 'yellow', bad: 'red' } as const

export function createPaint(color: boolean): Paint {
  if (!color) return (_look, text) => text
  return (look, text) => (text === '' ? '' : styleText(FORMATS[look], text, { validateStream: false }))
}

export interface ColorQuestion {
  readonly isTTY: boolean
  /** False for `--no-color`. */
  readonly flag?: boolean
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** The flag decides, then FORCE_COLOR, NO_COLOR and TERM, as in Node itself; without any of them, a terminal has colour. */
export function wantsColor({ isTTY, flag, env = process.env }: ColorQuestion): boolean {
  if (flag === false) return false
  const forced = env.FORCE_COLOR
  if (forced !== undefined) return forced !== '0' && forced !== 'false'
  if (env.NO_COLOR) return false
  if (env.TERM === 'dumb') return false
  return isTTY
}

export interface TerminalQuestion {
  readonly isTTY: boolean
  readonly columns: number | undefined
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** Whether the live view makes sense: a terminal that can move its cursor and has a size (some containers' have none). */
export function canRedraw({ isTTY, columns, env = process.env }: TerminalQuestion): boolean {
  return isTTY && env.TERM !== 'dumb' && columns !== undefined && columns > 0
}
