/** How long a caption is for a text encoder whose tokenizer is not at hand. */

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
