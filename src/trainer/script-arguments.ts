/** What the text of a training script says of itself. It is read, never run. Pure. */
import type { ScriptArgument, ScriptFact } from '../observed.ts'

export function parseScript(text: string): ScriptFact {
  const code = withoutProse(text)
  const oldest = /^check_min_version\(\s*["']([^"']+)["']\s*\)/m.exec(code)?.[1] ?? null
  return { arguments: parseArguments(code), oldestDiffusers: oldest }
}

/** The arguments of a parser of Python's argparse, in their order. */
function parseArguments(code: string): ScriptArgument[] {
  return [...code.matchAll(/\badd_argument\(\s*["']--([A-Za-z0-9_-]+)["']/g)].map((match) => ({
    name: match[1]!,
    takes: whatItTakes(callFrom(code, match.index)),
  }))
}

function whatItTakes(call: string): ScriptArgument['takes'] {
  if (/\baction\s*=\s*["']store_(true|false|const)["']/.test(call)) return 'nothing'
  return /\bnargs\s*=/.test(call) ? 'list' : 'value'
}

/** Strings and comments of Python as wholes, anything else by the character. */
const PIECE = /"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|#[^\n]*|[\s\S]/g

/** Comments and strings with blanks may say anything: options that are not there, parentheses, other calls. */
function withoutProse(text: string): string {
  return text.replace(PIECE, (piece) => {
    if (piece.startsWith('#')) return ''
    return piece.length > 1 && /\s/.test(piece) ? "''" : piece
  })
}

/** The text of a call up to its closing parenthesis. */
function callFrom(code: string, start: number): string {
  let call = ''
  let depth = 0
  for (const [piece] of code.slice(start).matchAll(PIECE)) {
    if (piece === '(') depth++
    if (piece === ')') depth--
    call += piece
    if (piece === ')' && depth === 0) return call
  }
  return call
}
