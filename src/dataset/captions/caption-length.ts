/** How long captions are for a text encoder, and a guess where its tokenizer is not at hand. */

/** In tokens of the text encoder, start and end among them. */
export interface CaptionLengths {
  readonly longest: number
  /** What is longer is cut off. */
  readonly limit: number
  readonly over_limit: number
  /** By the base model's own tokenizer, or by a guess where that is not at hand. */
  readonly counted: 'exact' | 'estimated'
}

/**
 * A guess at CLIP's tokens, start and end among them: one for a common word, a digit or a sign, more for long words, and
 * two for each letter of a script that its vocabulary hardly knows.
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
