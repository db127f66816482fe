/** Pictures in print colours, Lab, YCbCr and 16 bits, as LittleCMS sees them. */
import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PictureError } from '../../src/tools/images/picture-error.ts'
import { readPicture } from '../../src/tools/images/decode-picture.ts'
import { venvPython } from './venv.ts'

const [WIDTH, HEIGHT] = [64, 48]

let folder: string
let made: { readonly seen: readonly string[]; readonly refused: readonly string[] }
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnk-colours-'))
  await writeFile(join(folder, 'generic.icc'), await readGenericProfile())
  const script = join(import.meta.dirname, 'python/make_colours.py')
  const output = execFileSync(venvPython(), [script, folder, join(folder, 'generic.icc')], {
    encoding: 'utf8',
  })
  made = JSON.parse(output) as typeof made
})
afterAll(() => rm(folder, { recursive: true }))

/** What libvips takes CMYK for that has no profile. */
async function readGenericProfile(): Promise<Buffer> {
  const create = { width: 8, height: 8, channels: 3 as const, background: '#808080' }
  const print = await sharp({ create }).toColourspace('cmyk').withIccProfile('cmyk').tiff().toBuffer()
  return (await sharp(print).metadata()).icc!
}

test('every picture has the colours that LittleCMS gives it', async () => {
  expect(made.seen).toHaveLength(36)
  const wrong: string[] = []
  for (const name of made.seen) {
    const { data, width, height } = await readPicture(join(folder, name))
    const seen = await readFile(join(folder, `${name}.rgb`))
    expect([name, width, height, data.length]).toEqual([name, WIDTH, HEIGHT, seen.length])
    const most = data.reduce((max, value, index) => Math.max(max, Math.abs(value - seen[index]!)), 0)
    if (most > 2) wrong.push(`${name}: off by ${most}`)
  }
  expect(wrong).toEqual([])
})

test('a mask is no transparency, also where the picture is reduced', async () => {
  const small = await readPicture(join(folder, 'rgb-mask.tif'), { maxSide: WIDTH / 2 })
  expect([small.width, small.height, small.source]).toEqual([32, 24, { width: WIDTH, height: HEIGHT }])
  const whole = await readFile(join(folder, 'rgb-mask.tif.rgb'))
  // At the left edge the mask is 0: there transparency would show white, and lose the colours.
  const [found, seen] = [small.data.subarray(20 * 32 * 3), whole.subarray(40 * WIDTH * 3)]
  for (let i = 0; i < 3; i++) expect(Math.abs(found[i]! - seen[i]!)).toBeLessThan(8)
})

test('what would come out in wrong colours is refused', async () => {
  const messages: Record<string, string> = {}
  for (const name of made.refused) {
    const error = await readPicture(join(folder, name)).catch((one: unknown) => one)
    expect(error).toBeInstanceOf(PictureError)
    expect((error as PictureError).code).toBe('unsupported')
    messages[name] = (error as PictureError).message
  }
  const unusual = 'its YCbCr colours are of an unusual kind; save it as RGB, or with JPEG compression'
  expect(messages).toEqual({
    'inks.tif': 'its colours are inks of its own; expected CMYK',
    'itu-lab.tif': 'its colours are ITU Lab; expected grey, RGB, CMYK, Lab or YCbCr',
    'icc-lab-16.tif': 'its Lab colours have 16 bits; expected 8',
    'halved-ycbcr.tif': unusual,
    'ycbcr-adobe.tif': unusual,
  })
})
