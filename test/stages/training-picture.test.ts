import { deflateSync } from 'node:zlib'
import sharp, { type Sharp } from 'sharp'
import { describe, expect, test } from 'vitest'
import { toCrop, type Crop } from '../../src/raster/crop.ts'
import { decodePicture, decodeSquare } from '../../src/tools/images/decode-picture.ts'
import { cropPicture, makeTrainingPicture } from '../../src/tools/images/training-picture.ts'
import { stripJpeg } from '../../src/tools/images/strip-jpeg.ts'
import { stripPng } from '../../src/tools/images/strip-png.ts'
import { makeNoise } from './face-pictures.ts'

const SIDE = 64
const exif = { IFD0: { Copyright: 'somebody' }, IFD3: { GPSLatitude: '1/1 2/1 3/1' } }
const pixels = (bytes: Uint8Array): Promise<Buffer> => sharp(bytes).raw().toBuffer()

async function make(bytes: Buffer, size: readonly [number, number], crop: Crop, resolution = SIDE) {
  const made = await makeTrainingPicture({ bytes, size, crop, resolution })
  return { ...made, bytes: Buffer.from(made.bytes) }
}

describe('a square picture of the right size is not encoded again', () => {
  test('PNG: same compressed pixels, no metadata', async () => {
    const tagged = await makeNoise(SIDE, 1).withExif(exif).withIccProfile('srgb').png().toBuffer()
    expect(listChunks(tagged).map(({ type }) => type)).toEqual(expect.arrayContaining(['iCCP', 'eXIf']))
    const { bytes, extension } = await make(tagged, [SIDE, SIDE], { x: 0, y: 0, side: SIDE })
    expect(extension).toBe('png')
    const needed = listChunks(tagged).filter(({ type }) => ['IHDR', 'IDAT', 'IEND'].includes(type))
    expect(listChunks(bytes)).toEqual(needed)
    expect((await pixels(bytes)).equals(await pixels(tagged))).toBe(true)
  })

  test.each([false, true])(
    'JPEG, progressive %s: same compressed pixels, no metadata',
    async (progressive) => {
      const options = { quality: 90, progressive }
      const plain = await makeNoise(SIDE, 2).jpeg(options).toBuffer()
      const tagged = await makeNoise(SIDE, 2).withExif(exif).withIccProfile('srgb').jpeg(options).toBuffer()
      expect(tagged.includes('Exif') && tagged.includes('ICC_PROFILE')).toBe(true)
      const trailed = Buffer.concat([tagged, Buffer.from('what a camera appends')])
      const { bytes, extension } = await make(trailed, [SIDE, SIDE], { x: 0, y: 0, side: SIDE })
      expect(extension).toBe('jpg')
      expect(bytes.equals(plain)).toBe(true)
    },
  )
})

describe('what can not be taken as it is', () => {
  const noise = makeNoise(SIDE, 3)
  const chunk = (type: string, data: Buffer) => ({ type, data })
  test.each<[string, () => Promise<Buffer>]>([
    [
      'another size',
      () =>
        makeNoise(SIDE * 2, 3)
          .png()
          .toBuffer(),
    ],
    ['grey', () => noise.clone().toColourspace('b-w').png().toBuffer()],
    ['transparency', () => noise.clone().ensureAlpha(0.5).png().toBuffer()],
    ['a palette', () => noise.clone().png({ palette: true }).toBuffer()],
    ['16 bit', () => noise.clone().toColourspace('rgb16').png().toBuffer()],
    ['another colour space', () => noise.clone().withIccProfile('p3').png().toBuffer()],
    ['EXIF that turns it', () => noise.clone().withMetadata({ orientation: 6 }).png().toBuffer()],
    [
      'a gamma of 1',
      async () => insert(await noise.clone().png().toBuffer(), chunk('gAMA', uint32(100_000))),
    ],
    [
      'a transparent colour',
      async () => insert(await noise.clone().png().toBuffer(), chunk('tRNS', Buffer.alloc(6))),
    ],
    [
      'an unknown critical chunk',
      async () => insert(await noise.clone().png().toBuffer(), chunk('ABCD', uint32(0))),
    ],
    [
      'a foreign profile',
      async () => insert(await noise.clone().png().toBuffer(), chunk('iCCP', profile('Adobe RGB'))),
    ],
    ['a wrong checksum', async () => flip(await noise.clone().png().toBuffer(), -20)],
    ['a missing end', async () => (await noise.clone().png().toBuffer()).subarray(0, -12)],
  ])('PNG with %s', async (_, save) => {
    expect(stripPng(await noise.clone().png().toBuffer(), SIDE)).not.toBeNull()
    expect(stripPng(await save(), SIDE)).toBeNull()
  })

  test.each<[string, () => Promise<Buffer>]>([
    [
      'another size',
      () =>
        makeNoise(SIDE * 2, 3)
          .jpeg()
          .toBuffer(),
    ],
    ['grey', () => noise.clone().toColourspace('b-w').jpeg().toBuffer()],
    ['four colours', () => noise.clone().toColourspace('cmyk').jpeg().toBuffer()],
    ['another colour space', () => noise.clone().withIccProfile('p3').jpeg().toBuffer()],
    ['EXIF that turns it', () => noise.clone().withMetadata({ orientation: 6 }).jpeg().toBuffer()],
    ['a missing end', async () => (await noise.clone().jpeg().toBuffer()).subarray(0, -100)],
    ['nothing in it', async () => Buffer.alloc(0)],
    ['only its first bytes', async () => Buffer.from([0xff, 0xd8, 0xff])],
  ])('JPEG with %s', async (_, save) => {
    expect(stripJpeg(await noise.clone().jpeg().toBuffer(), SIDE)).not.toBeNull()
    expect(stripJpeg(await save(), SIDE)).toBeNull()
  })
})

describe('crop and size', () => {
  test('without resizing, the very pixels of the crop', async () => {
    const source = await makeNoise(100, 4).png().toBuffer()
    const { bytes } = await make(source, [100, 100], { x: 7, y: 31, side: SIDE })
    const cut = sharp(source).extract({ left: 7, top: 31, width: SIDE, height: SIDE }).raw().toBuffer()
    expect((await pixels(bytes)).equals(await cut)).toBe(true)
  })

  test('black where the square leaves the picture', async () => {
    const white = await sharp({ create: { width: 64, height: 32, channels: 3, background: '#fff' } })
      .png()
      .toBuffer()
    const { bytes } = await make(white, [64, 32], { x: 0, y: -16, side: 64 })
    const data = await pixels(bytes)
    const rows = Array.from({ length: 64 }, (_, y) => new Set(data.subarray(y * 192, y * 192 + 192)))
    expect(rows.map((values) => [...values].join())).toEqual(
      Array.from({ length: 64 }, (_, y) => (y < 16 || y >= 48 ? '0' : '255')),
    )
  })

  // A point that landmarks name and what is seen there move together, in both directions of scale.
  test.each([
    [300, { x: 40, y: 60, side: 200 }, 64],
    [300, { x: 140, y: 110, side: 50 }, 128],
    [300, { x: -20, y: -20, side: 340 }, 96],
  ])('a dot in %i px stays where toCrop puts it: %j → %i px', async (side, crop, resolution) => {
    const [dotX, dotY] = [160, 132]
    const data = Buffer.alloc(side * side * 3)
    for (let y = -3; y <= 3; y++) {
      for (let x = -3; x <= 3; x++)
        data.fill(255, ((dotY + y) * side + dotX + x) * 3, ((dotY + y) * side + dotX + x) * 3 + 3)
    }
    const source = await sharp(data, { raw: { width: side, height: side, channels: 3 } })
      .png()
      .toBuffer()
    const { bytes } = await make(source, [side, side], crop, resolution)
    const [x, y] = findCentre(await pixels(bytes), resolution)
    const [wantedX, wantedY] = toCrop([dotX, dotY], crop, resolution)
    expect(Math.abs(x - wantedX)).toBeLessThan(0.05)
    expect(Math.abs(y - wantedY)).toBeLessThan(0.05)
  })
})

describe('a JPEG is cropped and reduced while it is decoded', () => {
  const noise = makeNoise(400, 5)
  const size = [400, 300] as const
  const photo = noise.clone().extract({ left: 0, top: 40, width: 400, height: 300 })
  test.each<[string, () => Sharp]>([
    ['4:2:0', () => photo.clone().jpeg()],
    ['4:4:4', () => photo.clone().jpeg({ chromaSubsampling: '4:4:4' })],
    ['progressive', () => photo.clone().jpeg({ progressive: true })],
    ['grey', () => photo.clone().toColourspace('b-w').jpeg()],
    ['of four colours', () => photo.clone().toColourspace('cmyk').jpeg()],
    ['with another profile', () => photo.clone().withIccProfile('p3').jpeg()],
    [
      'turned by its EXIF',
      () =>
        noise
          .clone()
          .extract({ left: 40, top: 0, width: 300, height: 400 })
          .withMetadata({ orientation: 8 })
          .jpeg(),
    ],
  ])('%s: the same pixels as by way of the whole picture', async (_, save) => {
    const bytes = await save().toBuffer()
    const whole = await decodePicture(bytes)
    expect([whole.width, whole.height]).toEqual(size)
    for (const crop of [
      { x: 0, y: 0, side: 300 },
      { x: 33, y: 17, side: 203 },
      { x: 100, y: 0, side: SIDE },
    ]) {
      const square = await decodeSquare(bytes, { crop, resolution: SIDE })
      expect(square).toEqual(await cropPicture(whole, { crop, resolution: SIDE }))
      expect((await make(bytes, size, crop)).rgb).toEqual(square)
    }
  })

  test('without its last bytes: what is missing is as in the whole picture', async () => {
    const bytes = await photo.jpeg().toBuffer()
    const cut = bytes.subarray(0, -20)
    const whole = await decodePicture(cut)
    for (const y of [0, 100]) {
      const crop = { x: 200, y, side: 200 }
      expect((await make(cut, size, crop)).rgb).toEqual(await cropPicture(whole, { crop, resolution: SIDE }))
    }
    await expect(
      make(bytes.subarray(0, bytes.length / 2), size, { x: 200, y: 100, side: 200 }),
    ).rejects.toThrow('its lower part is missing')
  })
})

function findCentre(data: Buffer, side: number): [number, number] {
  let [sum, sumX, sumY] = [0, 0, 0]
  for (let i = 0; i < side * side; i++) {
    sum += data[i * 3]!
    sumX += data[i * 3]! * (i % side)
    sumY += data[i * 3]! * Math.floor(i / side)
  }
  return [sumX / sum, sumY / sum]
}

function listChunks(png: Buffer): { type: string; data: string }[] {
  const chunks = []
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    const data = png.toString('hex', at + 8, at + 8 + png.readUInt32BE(at))
    chunks.push({ type: png.toString('latin1', at + 4, at + 8), data })
  }
  return chunks
}

/** Puts a chunk behind the header. */
function insert(png: Buffer, { type, data }: { type: string; data: Buffer }): Buffer {
  const typed = Buffer.concat([Buffer.from(type), data])
  return Buffer.concat([
    png.subarray(0, 33),
    uint32(data.length),
    typed,
    uint32(crc(typed)),
    png.subarray(33),
  ])
}

function crc(bytes: Buffer): number {
  let value = 0xffffffff
  for (const byte of bytes) {
    value ^= byte
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  }
  return (value ^ 0xffffffff) >>> 0
}

function profile(name: string): Buffer {
  return Buffer.concat([Buffer.from(`${name}\0\0`), deflateSync(Buffer.from(name))])
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

function flip(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[copy.length + at]! ^= 1
  return copy
}
