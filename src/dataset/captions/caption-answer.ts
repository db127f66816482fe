/**
 * Parses the answer of a caption program for one picture: one line of JSON. docs/captioners.md describes it for authors of such
 * programs.
 */

export type CaptionAnswer =
  { readonly path: string; readonly text: string } | { readonly path: string; readonly error: string }

/** In UTF-16 units. A caption is a sentence or two; text encoders read about 350 units. */
export const MAX_CAPTION = 2000

/** In UTF-16 units. A longer line is an error of the program. */
export const MAX_ANSWER_LINE = 1_000_000

/** The decoder replaces bytes that are not UTF-8 by this character. */
const UNDECODABLE = '\ufffd'

/** Returns null when the line is not a valid answer. Other keys are ignored. */
export function parseCaptionAnswer(line: string): CaptionAnswer | null {
  const value = parseObject(line)
  if (value === null || typeof value['path'] !== 'string') return null
  const { path, text, error } = value
  if (typeof error === 'string') return { path, error }
  if (typeof text !== 'string') return null
  return text.includes(UNDECODABLE) ? { path, error: 'its caption is not UTF-8 text' } : { path, text }
}

function parseObject(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}
