import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RgbPixels } from '../../src/raster/rgb-pixels.ts'
import { isPictureFile } from '../../src/formats/pictures/picture-names.ts'
import { readPicture } from '../../src/tools/images/decode-picture.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnk-pictures-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function save(name: string, bytes: Uint8Array | string): Promise<string> {
  const file = join(folder, name)
  await writeFile(file, bytes)
  return file
}

const [WIDTH, HEIGHT] = [48, 32]

/** Red and green above, blue and white below: every orientation looks different. */
function quarters() {
  const data = Buffer.alloc(WIDTH * HEIGHT * 3)
  for (let i = 0; i < WIDTH * HEIGHT; i++) {
    const [left, top] = [i % WIDTH < WIDTH / 2, i < (WIDTH * HEIGHT) / 2]
    data.set(top ? (left ? [255, 0, 0] : [0, 255, 0]) : left ? [0, 0, 255] : [255, 255, 255], i * 3)
  }
  return sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
}

const COLOURS = { red: [255, 0, 0], green: [0, 255, 0], blue: [0, 0, 255], white: [255, 255, 255] } as const

/** The colours of the four quarters, row by row; near the pure ones. */
function lookAt({ data, width, height }: RgbPixels): string {
  const at = (x: number, y: number): string => {
    const start = (Math.floor(height * y) * width + Math.floor(width * x)) * 3
    const pixel = data.subarray(start, start + 3)
    const found = Object.entries(COLOURS).find(([, colour]) =>
      colour.every((value, channel) => Math.abs(value - pixel[channel]!) <= 12),
    )
    return found?.[0] ?? `[${pixel.join()}]`
  }
  return [at(0.25, 0.25), at(0.75, 0.25), at(0.25, 0.75), at(0.75, 0.75)].join(' ')
}

const UPRIGHT = 'red green blue white'

describe('what can be read', () => {
  test.each([
    ['jpeg', () => quarters().jpeg({ quality: 98, chromaSubsampling: '4:4:4' })],
    [
      'progressive jpeg',
      () => quarters().jpeg({ quality: 98, progressive: true, chromaSubsampling: '4:4:4' }),
    ],
    ['png', () => quarters().png()],
    ['palette png', () => quarters().png({ palette: true })],
    ['16-bit png', () => quarters().toColourspace('rgb16').png()],
    ['webp', () => quarters().webp({ lossless: true })],
    ['avif', () => quarters().avif({ quality: 95, chromaSubsampling: '4:4:4' })],
    ['tiff', () => quarters().tiff()],
  ])('%s', async (name, make) => {
    const picture = await readPicture(await save(`${name}.bin`, await make().toBuffer()))
    expect(picture).toMatchObject({ width: WIDTH, height: HEIGHT, source: { width: WIDTH, height: HEIGHT } })
    expect(picture.data).toHaveLength(WIDTH * HEIGHT * 3)
    expect(lookAt(picture)).toBe(UPRIGHT)
  })

  // What a camera stores for each orientation: the transformation that the tag undoes.
  test.each([
    [1, () => quarters()],
    [2, () => quarters().flop()],
    [3, () => quarters().rotate(180)],
    [4, () => quarters().flip()],
    [5, async () => sharp(await quarters().rotate(90).png().toBuffer()).flop()],
    [6, () => quarters().rotate(270)],
    [7, async () => sharp(await quarters().rotate(90).png().toBuffer()).flip()],
    [8, () => quarters().rotate(90)],
  ])('EXIF orientation %i', async (orientation, make) => {
    const stored = await (
      await make()
    )
      .jpeg({ quality: 98, chromaSubsampling: '4:4:4' })
      .withMetadata({ orientation })
      .toBuffer()
    expect((await sharp(stored).metadata()).orientation).toBe(orientation)
    const picture = await readPicture(await save(`orientation-${orientation}.jpg`, stored))
    expect(picture).toMatchObject({ width: WIDTH, height: HEIGHT, source: { width: WIDTH, height: HEIGHT } })
    expect(lookAt(picture)).toBe(UPRIGHT)
  })

  test('grey as RGB', async () => {
    const grey = await quarters().toColourspace('b-w').png().toBuffer()
    const { data } = await readPicture(await save('grey.png', grey))
    expect(data).toHaveLength(WIDTH * HEIGHT * 3)
    expect(data[0]).toBe(data[1])
  })

  test('CMYK as RGB', async () => {
    const skin = sharp({ create: { width: 8, height: 8, channels: 3, background: '#c08060' } })
    const cmyk = await skin.toColourspace('cmyk').jpeg().toBuffer()
    expect((await sharp(cmyk).metadata()).channels).toBe(4)
    const { data } = await readPicture(await save('cmyk.jpg', cmyk))
    for (const [channel, value] of [0xc0, 0x80, 0x60].entries()) {
      expect(Math.abs(data[channel]! - value)).toBeLessThan(12)
    }
  })

  test('transparency over white', async () => {
    const clear = { r: 0, g: 0, b: 0, alpha: 0 }
    const png = await sharp({ create: { width: 4, height: 4, channels: 4, background: clear } })
      .png()
      .toBuffer()
    expect([...(await readPicture(await save('clear.png', png))).data]).toEqual(Array(48).fill(255))
  })

  test('colours of another profile come as sRGB', async () => {
    const even = { r: 0, g: 200, b: 0 }
    const wide = sharp({ create: { width: 4, height: 4, channels: 3, background: even } }).withIccProfile(
      'p3',
    )
    const bytes = await wide.png().toBuffer()
    expect((await sharp(bytes).metadata()).icc).toBeDefined()
    const { data } = await readPicture(await save('p3.png', bytes))
    for (const [channel, value] of [0, 200, 0].entries())
      expect(Math.abs(data[channel]! - value)).toBeLessThan(4)
  })

  test('the first of several pages', async () => {
    const pages = await sharp(
      await Promise.all([quarters().png().toBuffer(), quarters().negate().png().toBuffer()]),
      {
        join: { animated: true },
      },
    )
      .webp({ lossless: true })
      .toBuffer()
    expect((await sharp(pages).metadata()).pages).toBe(2)
    const picture = await readPicture(await save('animated.webp', pages))
    expect(picture.height).toBe(HEIGHT)
    expect(lookAt(picture)).toBe(UPRIGHT)
  })

  test('with maxSide, a large picture is reduced and a small one left alone', async () => {
    const file = await save('size.png', await quarters().png().toBuffer())
    const small = await readPicture(file, { maxSide: 24 })
    expect(small).toMatchObject({ width: 24, height: 16, source: { width: WIDTH, height: HEIGHT } })
    expect(lookAt(small)).toBe(UPRIGHT)
    expect(await readPicture(file, { maxSide: 1000 })).toMatchObject({ width: WIDTH, height: HEIGHT })
  })

  test.each([
    ['a JPEG', false, (bytes: number) => bytes - 2],
    ['a JPEG', false, (bytes: number) => bytes - 40],
    ['a progressive JPEG', true, (bytes: number) => bytes - 2],
    ['a progressive JPEG', true, (bytes: number) => Math.floor(bytes * 0.9)],
  ])('%s that lost its last bytes, progressive %s', async (_, progressive, keep) => {
    const whole = await noise().jpeg({ progressive, quality: 90 }).toBuffer()
    const picture = await readPicture(await save('tail.jpg', whole.subarray(0, keep(whole.length))))
    expect(picture).toMatchObject({ width: 200, height: 200 })
  })

  test('the first frame of an animated AVIF', async () => {
    const still = await quarters().avif({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer()
    const sequence = Buffer.from(still)
    sequence.write('avis', 8, 'latin1')
    await expect(sharp(sequence).metadata()).rejects.toThrow('unsupported')
    expect(lookAt(await readPicture(await save('sequence.avif', sequence)))).toBe(UPRIGHT)
  })
})

function noise() {
  const data = Uint8Array.from(
    { length: 200 * 200 * 3 },
    (_, index) => (index * index * 31 + index * 7) % 251,
  )
  return sharp(data, { raw: { width: 200, height: 200, channels: 3 } })
}

describe('what is refused', () => {
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
  test.each([
    ['text', () => 'hello', 'unreadable', 'not a picture'],
    ['an empty file', () => '', 'unreadable', 'the file is empty'],
    ['an SVG', () => svg, 'unsupported', 'it is an SVG drawing; expected JPEG, PNG, WebP, AVIF or TIFF'],
    [
      'a PDF',
      () => '%PDF-1.7\n',
      'unsupported',
      'it is a PDF document; expected JPEG, PNG, WebP, AVIF or TIFF',
    ],
    ['a GIF', () => quarters().gif().toBuffer(), 'unsupported', 'it is a GIF picture; expected'],
    ['HEIC', () => '\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'unsupported', 'export it as JPEG first'],
    ['a PNG cut short', async () => half(await noise().png().toBuffer()), 'unreadable', 'damaged'],
    [
      'half a progressive JPEG',
      async () => half(await noise().jpeg({ progressive: true, quality: 90 }).toBuffer()),
      'unreadable',
      'the file is cut short: its details are missing',
    ],
    [
      'a JPEG without its last row of blocks',
      async () => withoutLastBlocks(await noise().jpeg({ quality: 90 }).toBuffer()),
      'unreadable',
      'lower part is missing',
    ],
    [
      'a TIFF with damaged pixels',
      async () => (await noise().tiff({ compression: 'lzw' }).toBuffer()).fill(0, 5000, 9000),
      'unreadable',
      'damaged',
    ],
    [
      'floating-point values',
      () => noise().toColourspace('scrgb').tiff({ compression: 'none' }).toBuffer(),
      'unsupported',
      'its values are of the type float; expected 8 or 16 bits',
    ],
    ['half a JPEG', async () => half(await noise().jpeg().toBuffer()), 'unreadable', 'lower part is missing'],
    [
      'the first bytes of a JPEG',
      async () => (await noise().jpeg().toBuffer()).subarray(0, 50),
      'unreadable',
      'damaged',
    ],
    [
      '65 megapixels',
      () => even(13_000, 5000),
      'too-large',
      '13000×5000 is 65 megapixels, at most 64 are read',
    ],
  ])('%s', async (name, make, code, message) => {
    const file = await save(`${name}.jpg`, await make())
    await expect(readPicture(file)).rejects.toMatchObject({ name: 'PictureError', code })
    await expect(readPicture(file)).rejects.toThrow(message)
  })

  test('damage is told in the same words, whatever else is being decoded', async () => {
    const file = join(folder, 'damaged.png')
    await writeFile(file, half(await noise().png().toBuffer()))
    await expect(readPicture(file)).rejects.toMatchObject({ message: 'damaged, or not a picture' })
  })

  test('a missing file, and a folder', async () => {
    await expect(readPicture(join(folder, 'none.jpg'))).rejects.toMatchObject({ code: 'missing' })
    await expect(readPicture(folder)).rejects.toMatchObject({
      code: 'unreadable',
      message: "can't be read: it is a folder",
    })
  })

  test('a file without permission', async () => {
    const file = await save('secret.jpg', await quarters().jpeg().toBuffer())
    await chmod(file, 0)
    // root may read everything
    if (process.getuid?.() === 0) await expect(readPicture(file)).resolves.toMatchObject({ width: WIDTH })
    else await expect(readPicture(file)).rejects.toMatchObject({ code: 'unreadable' })
  })
})

function half(bytes: Buffer): Buffer {
  return bytes.subarray(0, bytes.length / 2)
}

/** Of 200 rows, the last 24: data of rows all cost the same in noise. */
function withoutLastBlocks(jpeg: Buffer): Buffer {
  return jpeg.subarray(0, Math.floor(jpeg.length * 0.86))
}

function even(width: number, height: number): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background: '#456' } })
    .png()
    .toBuffer()
}

test.each([
  ['a.jpg', true],
  ['a.JPEG', true],
  ['a.b.png', true],
  ['a.webp', true],
  ['a.avif', true],
  ['a.tif', true],
  ['a.tiff', true],
  ['a.jfif', true],
  ['A.JPE', true],
  ['a.pjpeg', true],
  ['a.apng', true],
  ['a.conditioning.png', false],
  ['A.Conditioning.PNG', false],
  ['a.overlay.png', false],
  ['a.gif', false],
  ['a.txt', false],
  ['jpg', false],
  ['.hidden.jpg', false],
  ['folder/a.jpg', true],
])('isPictureFile(%j) is %s', (name, expected) => {
  expect(isPictureFile(name)).toBe(expected)
})
