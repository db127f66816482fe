/** Counts the tokens of captions with the base model's tokenizer; estimates them when that is not available. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { estimateTokens } from '../../dataset/captions/caption-length.ts'
import type { TokenCounter } from '../../dataset/annotations/row-problems.ts'
import {
  createTokenCounter,
  TOKEN_LIMIT,
  type TokenizerFiles,
} from '../../trainer/captions/clip-tokenizer.ts'

export interface CaptionTokenCounter extends TokenCounter {
  readonly counted: 'exact' | 'estimated'
}

/** `baseModel` is a folder in diffusers' layout, which may not exist yet. */
export async function openTokenCounter(baseModel: string): Promise<CaptionTokenCounter> {
  const counter = createTokenCounter(await readTokenizer(baseModel))
  if (counter === null) return ESTIMATING_COUNTER
  return { ...counter, count: remember(counter.count), counted: 'exact' }
}

export const ESTIMATING_COUNTER: CaptionTokenCounter = {
  count: estimateTokens,
  limit: TOKEN_LIMIT,
  counted: 'estimated',
}

/** Returns a hash for planning that changes whenever the tokenizer changes; null when there is no tokenizer. */
export async function observeTokenizer(baseModel: string): Promise<string | null> {
  const files = await readTokenizer(baseModel)
  if (createTokenCounter(files) === null) return null
  return createHash('sha256').update(JSON.stringify(files)).digest('hex')
}

async function readTokenizer(baseModel: string): Promise<TokenizerFiles> {
  const read = (name: string) => readFile(join(baseModel, 'tokenizer', name), 'utf8').catch(() => null)
  const [tokenizer, vocab, merges, config] = await Promise.all([
    read('tokenizer.json'),
    read('vocab.json'),
    read('merges.txt'),
    read('tokenizer_config.json'),
  ])
  return { tokenizer, vocab, merges, config }
}

/** Remembers recent results: many pictures share a caption, and each is counted more than once. */
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
