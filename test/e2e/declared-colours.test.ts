/** Profiles whose names lie, and what PNG says of colours in other chunks, as LittleCMS sees them. */
import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeConditioning } from '../../src/tools/images/conditioning-from-source.ts'
import { decodePicture, readPicture } from '../../src/tools/images/decode-picture.ts'
import { makeTrainingPicture } from '../../src/tools/images/training-picture.ts'
import { venvPython } from './venv.ts'

const SIDE = 64
const WHOLE = { size: [SIDE, SIDE], crop: { x: 0, y: 0, side: SIDE }, resolution: SIDE } as const

let folder: string
let names: readonly string[]
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnk-declared-'))
  const script = join(import.meta.dirname, 'python/make_declared_colours.py')
  names = JSON.parse(execFileSync(venvPython(), [script, folder], { encoding: 'utf8' })) as typeof names
})
afterAll(() => rm(folder, { recursive: true }))

/** The bytes as they are, without any profile. */
const rawPixels = (bytes: Uint8Array): Promise<Buffer> =>
  sharp(bytes, { ignoreIcc: true }).removeAlpha().raw().toBuffer()

function measureMost(found: Uint8Array, seen: Uint8Array): number {
  expect(found).toHaveLength(seen.length)
  return found.reduce((max, value, index) => Math.max(max, Math.abs(value - seen[index]!)), 0)
}

test('the picture, the row and the conditioning image have the colours that LittleCMS gives', async () => {
  expect(names).toHaveLength(23)
  const wrong: string[] = []
  for (const name of names) {
    const [bytes, seen] = [await readFile(join(folder, name)), await readFile(join(folder, `${name}.rgb`))]
    const rows = {
      decoded: (await decodePicture(bytes)).data,
      row: await rawPixels((await makeTrainingPicture({ bytes, ...WHOLE })).bytes),
      conditioning: await rawPixels(await makeConditioning({ kind: 'bytes', bytes }, WHOLE)),
    }
    for (const [what, data] of Object.entries(rows)) {
      const most = measureMost(data, seen)
      if (most > 2) wrong.push(`${name}, ${what}: off by ${most}`)
    }
  }
  expect(wrong).toEqual([])
})

test('what is sRGB keeps its compressed pixels', async () => {
  const kept: string[] = []
  for (const name of names) {
    const bytes = await readFile(join(folder, name))
    if ((await makeTrainingPicture({ bytes, ...WHOLE })).rgb === null) kept.push(name)
  }
  expect(kept).toEqual([
    'srgb.png',
    'srgb.jpg',
    'gamma-usual.png',
    'gamma-near.png',
    'code-over-profile.png',
    'srgb-over-gamma.png',
    'places-broken.png',
  ])
})

test('HDR without a profile is refused', async () => {
  await expect(readPicture(join(folder, 'hdr.png'))).rejects.toMatchObject({
    code: 'unsupported',
    message: 'its brightness is HDR (PQ); save it as an ordinary picture (SDR)',
  })
})
