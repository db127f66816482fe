/** Measures captions as the base model does, where its tokenizer is at hand. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { estimateTokens } from '../../dataset/captions/caption-length.ts'
import type { CaptionRuler } from '../../dataset/annotations/row-problems.ts'
import {
  createTokenCounter,
  TOKEN_LIMIT,
  type TokenizerFiles,
} from '../../trainer/captions/clip-tokenizer.ts'

export interface MeasuredRuler extends CaptionRuler {
  readonly counted: 'exact' | 'estimated'
}

/** `baseModel`: a folder in diffusers' layout, which need not be there yet. */
export async function openCaptionRuler(baseModel: string): Promise<MeasuredRuler> {
  const counter = createTokenCounter(await readTokenizer(baseModel))
  if (counter === null) return ESTIMATING_RULER
  return { ...counter, count: remember(counter.count), counted: 'exact' }
}

export const ESTIMATING_RULER: MeasuredRuler = {
  count: estimateTokens,
  limit: TOKEN_LIMIT,
  counted: 'estimated',
}

/** For planning: changes with what the tokenizer counts. Null where there is none. */
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
