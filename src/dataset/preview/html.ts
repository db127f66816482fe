/** Words of unknown origin on a page: names, captions, messages. */

/**
 * As text, on one line. Control characters and marks that change the writing direction are made visible (␛, ‹U+202E›),
 * so that a name can't pass for another one. Joiners stay: Persian, Indic scripts and emoji need them.
 */
export function escapeHtml(text: string): string {
  return text
    .replace(/[\t\n\v\f\r\u0085\u2028\u2029]+/g, ' ')
    .replace(/\p{Cc}|(?![\u200c\u200d])\p{Cf}|\p{Cs}/gu, showCharacter)
    .replace(/[&<>"']/g, (character) => ENTITIES[character]!)
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function showCharacter(character: string): string {
  const code = character.codePointAt(0)!
  if (code < 0x20) return String.fromCodePoint(0x2400 + code)
  if (code === 0x7f) return '\u2421'
  return `‹U+${code.toString(16).toUpperCase().padStart(4, '0')}›`
}

export interface CutText {
  readonly text: string
  /** Characters in all; null when nothing was cut. */
  readonly whole: number | null
}

/** At most `limit` characters, the last of them an ellipsis where something is missing. */
export function cutText(text: string, limit: number): CutText {
  if (text.length <= limit) return { text, whole: null }
  const characters = [...text]
  if (characters.length <= limit) return { text, whole: null }
  const kept = characters
    .slice(0, limit - 1)
    .join('')
    .trimEnd()
  return { text: `${kept}…`, whole: characters.length }
}

const LONGEST_NAME = 160

/** A path of the source: its beginning gives way, since its end tells pictures apart. */
export function formatName(path: string): string {
  const characters = [...path]
  const kept = characters.length <= LONGEST_NAME ? path : `…${characters.slice(1 - LONGEST_NAME).join('')}`
  return `<bdi>${escapeHtml(kept)}</bdi>`
}
