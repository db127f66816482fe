import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { folder, put } from './case-folder.ts'
import { readAnnotations, readRows } from './dataset-stages.ts'
import { copyPhotos, makeNoise } from './face-pictures.ts'
import { picture, pixels, ready } from './pair-folder.ts'

describe('the conditioning image follows the picture', () => {
  /** A white square on black: where it is can be measured. */
  const mark = async (size: [number, number], [x, y, side]: [number, number, number], background = '#000') =>
    sharp({ create: { width: size[0], height: size[1], channels: 3, background } })
      .composite([
        {
          input: { create: { width: side, height: side, channels: 3, background: '#fff' } },
          left: x,
          top: y,
        },
      ])
      .png()
      .toBuffer()

  async function makeOne(image: Buffer, conditioning: Buffer, name = 'c.png') {
    await put('set/a.png', image)
    await put(`set/${name}`, conditioning)
    await put('set/pairs.csv', `image,conditioning_image,text\na.png,${name},x\n`)
    const bench = ready({ pairs: './set/pairs.csv' })
    await bench.run()
    return (await readRows(bench, 'train'))[0]!
  }

  test.each([
    ['the same size', 1],
    ['half as large', 0.5],
    ['twice as large', 2],
  ])('%s', async (_, scale) => {
    const image = await mark([300, 200], [120, 60, 40])
    const small = await mark([300 * scale, 200 * scale], [120 * scale, 60 * scale, 40 * scale])
    const row = await makeOne(image, small)
    const [a, b] = [centre(await pixels(row.image.bytes)), centre(await pixels(row.conditioning_image.bytes))]
    expect(Math.hypot(a[0] - b[0], a[1] - b[1])).toBeLessThan(0.1)
    expect(Math.abs(a[0] - 28.3)).toBeLessThan(0.5)
  })

  test('one of the right size is not encoded again, but loses its metadata', async () => {
    const tagged = await makeNoise(64, 9)
      .withExif({ IFD0: { Copyright: 'x' } })
      .png({ compressionLevel: 1 })
      .toBuffer()
    const row = await makeOne(await picture(1), tagged)
    const data = tagged.subarray(tagged.indexOf('IDAT'), tagged.length - 12)
    expect(Buffer.from(row.conditioning_image.bytes).includes(data)).toBe(true)
    expect(Buffer.from(row.conditioning_image.bytes).includes('eXIf')).toBe(false)
  })

  test('a JPEG becomes a PNG, what is transparent becomes black, grey becomes RGB', async () => {
    const clear = await sharp({ create: { width: 64, height: 64, channels: 4, background: '#0000' } })
      .composite([{ input: await mark([20, 20], [0, 0, 20]), left: 10, top: 10 }])
      .png()
      .toBuffer()
    const row = await makeOne(await picture(1), clear)
    const data = await sharp(row.conditioning_image.bytes).raw().toBuffer({ resolveWithObject: true })
    expect(data.info.channels).toBe(3)
    expect([...data.data.subarray(0, 3)]).toEqual([0, 0, 0])
    await rm(join(folder, 'set'), { recursive: true })
    const grey = await sharp(await picture(5))
      .grayscale()
      .jpeg()
      .toBuffer()
    const other = await makeOne(await picture(1), grey, 'c.jpg')
    expect(await sharp(other.conditioning_image.bytes).metadata()).toMatchObject({
      format: 'png',
      channels: 3,
    })
  })

  test('with crop: face, both are cut around the face of the picture', async () => {
    await copyPhotos(join(folder, 'set'), [1])
    const photo = sharp(join(folder, 'set/sample1.jpg'))
    await put('set/c.png', await photo.clone().negate().png().toBuffer())
    await put('set/pairs.csv', 'image,conditioning_image,text\nsample1.jpg,c.png,x\n')
    const bench = ready({ pairs: './set/pairs.csv' }, { crop: 'face' })
    await bench.run()
    const [row] = await readRows(bench, 'train')
    const [annotation] = await readAnnotations(bench)
    const { width, height } = await photo.metadata()
    expect(annotation!.crop![2]).toBeLessThan(Math.min(width, height))
    const [image, conditioning] = [
      await pixels(row!.image.bytes),
      await pixels(row!.conditioning_image.bytes),
    ]
    const sums = image.map((value, index) => Math.abs(255 - value - conditioning[index]!))
    expect(Math.max(...sums)).toBeLessThanOrEqual(3)
  })
})

function centre(rgb: Buffer): [number, number] {
  let [sum, x, y] = [0, 0, 0]
  for (let i = 0; i < 64 * 64; i++) {
    sum += rgb[i * 3]!
    x += rgb[i * 3]! * (i % 64)
    y += rgb[i * 3]! * Math.floor(i / 64)
  }
  return [x / sum, y / sum]
}
