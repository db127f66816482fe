import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The smallest of CLIP's kind: every letter is a token. */
export async function writeTokenizer(tokenizer: string): Promise<void> {
  await mkdir(tokenizer, { recursive: true })
  const letters = [...'abcdefghijklmnopqrstuvwxyz']
  const tokens = [...letters, ...letters.map((letter) => `${letter}</w>`), '<|startoftext|>', '<|endoftext|>']
  await writeFile(
    join(tokenizer, 'vocab.json'),
    JSON.stringify(Object.fromEntries(tokens.map((token, id) => [token, id]))),
  )
  await writeFile(join(tokenizer, 'merges.txt'), '#version: 0.2\n')
  await writeFile(join(tokenizer, 'tokenizer_config.json'), '{"model_max_length": 77}')
}
