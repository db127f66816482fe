/** Measures captions as the base model does, where its tokenizer is at hand. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { estimateTokens } from '../dataset/caption-length.ts'
import type { CaptionRuler } from '../dataset/rows.ts'
import { createTokenCounter, TOKEN_LIMIT } from '../trainer/clip-tokenizer.ts'

export interface MeasuredRuler extends CaptionRuler {
  readonly counted: 'exact' | 'estimated'
}

/** `baseModel`: a folder in diffusers' layout, which need not be there yet. */
export async function openCaptionRuler(baseModel: string): Promise<MeasuredRuler> {
  const read = (name: string) => readFile(join(baseModel, 'tokenizer', name), 'utf8').catch(() => null)
  const [tokenizer, vocab, merges, config] = await Promise.all(
    ['tokenizer.json', 'vocab.json', 'merges.txt', 'tokenizer_config.json'].map(read),
  )
  const counter = createTokenCounter({
    tokenizer: tokenizer!,
    vocab: vocab!,
    merges: merges!,
    config: config!,
  })
  if (counter === null) return { count: estimateTokens, limit: TOKEN_LIMIT, counted: 'estimated' }
  return { ...counter, count: remember(counter.count), counted: 'exact' }
}

/** The same caption stands under many pictures, and each is measured more than once. */
function remember(count: (text: string) => number): (text: string) => number {
  const known = new Map<string, number>()
  return (text) => {
    const before = known.get(text)
    if (before !== undefined) return before
    if (known.size === 1000) known.clear()
    const tokens = count(text)
    known.set(text, tokens)
    return tokens
  }
}
