import { execFileSync } from 'node:child_process'
import { mkdtemp, mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createSeededRandom } from '../../src/generated-faces/seeded-random.ts'
import { openTokenCounter } from '../../src/tools/captions/token-counter.ts'
import { packageRoot } from '../../src/tools/package-root.ts'
import { venvPython } from './venv.ts'

let model: string
beforeAll(async () => {
  model = await mkdtemp(join(tmpdir(), 'cnk-tokens-'))
  await mkdir(join(model, 'tokenizer'))
})
afterAll(() => rm(model, { recursive: true }))

const HAND_MADE = [
  '',
  ' ',
  'a portrait photo of a person',
  "It's the woman's hat; they're here, I'd say we've seen it, he'll go, I'm sure, don't",
  'A MAN WITH GLASSES, Smiling!!! (2024) 100% — “quoted” … ½ №5',
  'naïve café Zürich Straße İstanbul ÇÀ',
  'e\u0301 and \u00e9, ﬁ ligature, Ⅳ, ①, ²',
  '顔の写真 一个人的肖像 얼굴 사진 हिन्दी चेहरा ภาพใบหน้า',
  'портрет женщины, πορτρέτο, صورة وجه, דיוקן',
  '🙂 👩‍🦰 🇩🇪 👍🏽 a face 😀😀',
  '&amp; &lt;b&gt; &#39;quoted&#39; <|endoftext|> <|startoftext|> </w>',
  'tab\tand\nline\r\nbreak\u00a0space\u3000wide\u2003em',
  'x'.repeat(300),
  '顔'.repeat(200),
  '1234567890 3.14159 1,000,000 a1b2c3',
  'http://example.com/a?b=c&d=e#f user@example.com C:\\path\\file.txt',
  '\u200bzero\u200dwidth \ufeffmark \ufffd',
  '!!!???...,,,;;;:::---___***',
]

/** Old in Unicode: of newer letters, Python and Node know what their version knows. */
const SCRIPTS = [
  [0x20, 0x7e],
  [0xa0, 0x17f],
  [0x391, 0x3a1],
  [0x410, 0x44f],
  [0x5d0, 0x5ea],
  [0x621, 0x63a],
  [0x905, 0x939],
  [0x3041, 0x3096],
  [0x4e00, 0x9fa5],
  [0xac00, 0xd7a3],
  [0x1f600, 0x1f64f],
] as const

/** Words of our own pages, and letters of every kind. */
async function makeTexts(): Promise<string[]> {
  const folder = join(packageRoot, 'docs')
  const pages = (await readdir(folder)).filter((name) => name.endsWith('.md')).sort()
  const lines = (await Promise.all(pages.map((name) => readFile(join(folder, name), 'utf8'))))
    .flatMap((page) => page.split('\n'))
    .filter((line) => line.trim() !== '')
  const random = createSeededRandom(1)
  const strange = Array.from({ length: 200 }, () =>
    Array.from({ length: 1 + Math.floor(random.between(0, 60)) }, () => {
      const [first, last] = random.pick(SCRIPTS)
      return String.fromCodePoint(Math.floor(random.between(first, last + 1)))
    }).join(''),
  )
  return [...HAND_MADE, ...lines.slice(0, 400), ...strange]
}

test('captions are as long as transformers says', { timeout: 120_000 }, async () => {
  const texts = await makeTexts()
  expect(texts.length).toBeGreaterThan(400)
  const program = join(packageRoot, 'test/e2e/python/clip_tokens.py')
  const output = execFileSync(venvPython(), [program, join(model, 'tokenizer')], {
    input: JSON.stringify(texts),
    maxBuffer: 1 << 26,
  })
  const { counts, pieces, limit } = JSON.parse(output.toString()) as {
    counts: number[]
    pieces: number
    limit: number
  }
  expect(pieces).toBeGreaterThan(1000)
  const tokenCounter = await openTokenCounter(model)
  expect(tokenCounter).toMatchObject({ counted: 'exact', limit })
  const wrong = texts
    .map((text, index) => ({ text, expected: counts[index]!, counted: tokenCounter.count(text) }))
    .filter(({ expected, counted }) => expected !== counted)
  expect(wrong).toEqual([])
})
