/** Escapes and shortens untrusted text for the page: names, captions, messages. */

/**
 * Escapes text and puts it on one line. Control characters and characters that change the writing direction are made visible
 * (‹U+202E›), so that a name can't imitate another one. Joiners are kept, because Persian, Indic scripts and emoji need them.
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
  const code = character.codePointAt(0)!.toString(16).toUpperCase()
  return `‹U+${code.padStart(4, '0')}›`
}

export interface CutText {
  readonly text: string
  /** Number of characters before the cut; null when nothing was cut. */
  readonly whole: number | null
}

/** Returns at most `limit` characters; when text was cut, the last one is an ellipsis. */
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

/** Formats a path of the source. A long path is cut at its beginning, because its end tells pictures apart. */
export function formatName(path: string, limit: number): string {
  const characters = [...path]
  const kept = characters.length <= limit ? path : `…${characters.slice(1 - limit).join('')}`
  return `<bdi>${escapeHtml(kept)}</bdi>`
}
