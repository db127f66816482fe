/** Conditioning images that are nearly black. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp, { type CreateRaw } from 'sharp'
import { expect, test } from 'vitest'
import { folder, put } from './case-folder.ts'
import { readAnnotations, readManifest } from './dataset-stages.ts'
import { picture, ready, rejects } from './pair-folder.ts'

const SIDE = 64

/** Stripes of these values, as one channel. */
function mask(values: readonly number[]): Promise<Buffer> {
  const data = Uint8Array.from({ length: SIDE * SIDE }, (_, index) => values[(index >> 2) % values.length]!)
  return sharp(data, { raw: { width: SIDE, height: SIDE, channels: 1 } })
    .toColourspace('b-w')
    .png()
    .toBuffer()
}

async function makePairs(drawings: Readonly<Record<string, Buffer>>) {
  for (const [index, [name, drawing]] of Object.entries(drawings).entries()) {
    await put(`set/image/${name}.png`, await picture(index + 1))
    await put(`set/conditioning_image/${name}.png`, drawing)
    await put(`set/text/${name}.txt`, 'x')
  }
  return ready({ pairs: './set' })
}

test('numbers of classes are warned of, in the line, the manifest and on the page', async () => {
  const bench = await makePairs({
    classes: await mask([0, 1, 2, 3]),
    void: await mask([0, 18, 255]),
    edges: await mask([0, 255]),
    colours: await picture(9),
  })
  const lines = await bench.run()
  expect(lines[1]).toBe('4 pictures; 2 nearly black conditioning images')
  const message =
    '2 of 4 conditioning images are nearly black: besides 255, the largest value is 18. ' +
    'If the values are the numbers of classes, give each class a colour of its own (docs/sources.md, Pairs).'
  expect(bench.events).toContainEqual({ type: 'warning', code: 'dark-conditioning', message })
  expect(await readManifest(bench)).toMatchObject({ dark_conditioning: { count: 2, largest: 18 } })
  expect(await readFile(join(bench.paths.dataset, 'preview.html'), 'utf8')).toContain(`<li>${message}</li>`)
  const levels = (await readAnnotations(bench)).map(({ source, conditioning_level: level }) => [
    source,
    level,
  ])
  expect(Object.fromEntries(levels)).toEqual({
    'image/classes.png': 3,
    'image/void.png': 18,
    'image/edges.png': undefined,
    'image/colours.png': undefined,
  })
  // What is known from before is warned of again.
  bench.events.length = 0
  await bench.run()
  expect(bench.events).toContainEqual({ type: 'warning', code: 'dark-conditioning', message })
})

test('nothing is said of drawings that can be seen', async () => {
  const bench = await makePairs({ edges: await mask([0, 255]), colours: await picture(9) })
  expect((await bench.run())[1]).toBe('2 pictures')
  expect(bench.events.filter(({ type }) => type === 'warning')).toEqual([])
  expect(await readManifest(bench)).not.toHaveProperty('dark_conditioning')
})

test('one colour is no drawing, also where small numbers in 16 bits come to nothing', async () => {
  const deep = sharp(
    Uint16Array.from({ length: SIDE * SIDE }, (_, index) => index % 4),
    {
      raw: { width: SIDE, height: SIDE, channels: 1, depth: 'ushort' } as CreateRaw,
    },
  )
  const bench = await makePairs({
    black: await mask([0]),
    grey: await mask([7]),
    deep: await deep.toColourspace('grey16').png().toBuffer(),
    edges: await mask([0, 255]),
  })
  expect((await sharp(join(folder, 'set/conditioning_image/deep.png')).metadata()).depth).toBe('ushort')
  expect(await rejects(bench)).toEqual({
    'image/black.png': 'conditioning-empty: its conditioning image is all one colour',
    'image/grey.png': 'conditioning-empty: its conditioning image is all one colour',
    'image/deep.png':
      'conditioning-empty: its conditioning image is all one colour, once its values of 16 bits are brought to 8',
  })
})
