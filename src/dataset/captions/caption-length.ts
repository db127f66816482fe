/** Caption lengths in tokens, and an estimate for when the tokenizer is not available. */

/** In tokens of the text encoder, start and end tokens included. */
export interface CaptionLengths {
  readonly longest: number
  /** Longer captions are cut off. */
  readonly limit: number
  readonly over_limit: number
  /** `exact`: counted by the base model's tokenizer. `estimated`: by `estimateTokens`. */
  readonly counted: 'exact' | 'estimated'
}

/**
 * Estimates the number of CLIP tokens, start and end tokens included: one for a common word, a digit or a punctuation mark,
 * more for long words, and two for each letter of a non-Latin script, which CLIP's vocabulary hardly covers.
 */
export function estimateTokens(text: string): number {
  let tokens = 2
  for (const [word] of text.matchAll(/\p{Script=Latin}+|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+/gu)) {
    if (/^\p{Script=Latin}/u.test(word)) tokens += Math.ceil(word.length / 9)
    else if (/^\p{L}/u.test(word)) tokens += 2 * [...word].length
    else tokens += Math.ceil(Buffer.byteLength(word) / 3)
  }
  return tokens
}
