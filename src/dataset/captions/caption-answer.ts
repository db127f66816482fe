/** What a caption program says of one picture: one line of JSON. docs/captioners.md is the description for its author. */

export type CaptionAnswer =
  { readonly path: string; readonly text: string } | { readonly path: string; readonly error: string }

/** In UTF-16 units: a caption is a sentence or two, and text encoders read some 350 of them. */
export const MAX_CAPTION = 2000

/** A line can be longer only by mistake. In UTF-16 units. */
export const MAX_ANSWER_LINE = 1_000_000

/** Stands in decoded text for bytes that are no UTF-8. */
const UNDECODABLE = '\ufffd'

/** Null when the line is no answer. Further keys are ignored. */
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
