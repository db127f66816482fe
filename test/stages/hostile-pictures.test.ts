import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, deflateSync, gzipSync } from 'node:zlib'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { annotateImages } from '../../src/stages/annotate-images/annotate-images.ts'
import { collectImages } from '../../src/stages/collect-images/collect-images.ts'
import { readPicture } from '../../src/tools/images/decode-picture.ts'
import { openBench, readAnnotations } from './dataset-stages.ts'
import { makeNoise } from './face-pictures.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnk-hostile-'))
  await mkdir(join(folder, 'photos'))
})
afterAll(() => rm(folder, { recursive: true }))

const uint32 = (value: number): Buffer => Buffer.from(Uint32Array.of(value).buffer).reverse()

function chunk(type: string, data: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), data])
  return Buffer.concat([uint32(data.length), typed, uint32(crc32(typed))])
}

/** Puts a chunk behind the header of a PNG. */
function insert(png: Buffer, type: string, data: Buffer): Buffer {
  return Buffer.concat([png.subarray(0, 33), chunk(type, data), png.subarray(33)])
}

function pngOf(width: number, height: number, pixels: Buffer): Buffer {
  const header = Buffer.concat([uint32(width), uint32(height), Buffer.from([8, 2, 0, 0, 0])])
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', pixels),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** Of one strip that is not there. */
function tiffOf(width: number, height: number): Buffer {
  const entries = [
    ...([
      [256, width],
      [257, height],
      [258, 8],
      [259, 1],
      [262, 1],
      [273, 8],
      [277, 1],
      [278, height],
      [279, 16],
    ] as const),
  ].map(([tag, value]) => {
    const entry = Buffer.alloc(12)
    entry.writeUInt16LE(tag, 0)
    entry.writeUInt16LE(4, 2)
    entry.writeUInt32LE(1, 4)
    entry.writeUInt32LE(value, 8)
    return entry
  })
  const head = Buffer.from([0x49, 0x49, 42, 0, 24, 0, 0, 0, ...Array<number>(16).fill(7)])
  return Buffer.concat([head, Buffer.from([entries.length, 0]), ...entries, Buffer.alloc(4)])
}

/** Every number after `marker` that is a side of the picture, replaced. */
function claimSize(bytes: Buffer, at: number, size: 2 | 4, side: number): Buffer {
  const copy = Buffer.from(bytes)
  copy.writeUIntBE(side, at, size)
  copy.writeUIntBE(side, at + size, size)
  return copy
}

const photos = (name: string): string => join(folder, 'photos', name)
const EXPECTED = 'expected JPEG, PNG, WebP, AVIF or TIFF'

test(
  'whatever lies in the folder, each picture has its reason and the run goes on',
  { timeout: 120_000 },
  async () => {
    const good = await makeNoise(128, 1).png().toBuffer()
    const jpeg = await makeNoise(64, 2).jpeg().toBuffer()
    const avif = await makeNoise(64, 3).avif().toBuffer()
    const bomb = deflateSync(Buffer.alloc(300_000_000), { level: 9 })
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
    const files: Record<string, readonly [content: string | Buffer, reason: string]> = {
      'animation.jpg': [await sharp(good).gif().toBuffer(), `it is a GIF picture; ${EXPECTED}`],
      'avif-size.avif': [
        claimSize(avif, avif.indexOf('ispe') + 8, 4, 60_000),
        'too large: 60000×60000 is 3600 megapixels, at most 64 are read',
      ],
      'drawing.jpg': [svg, `it is an SVG drawing; ${EXPECTED}`],
      'drawing-packed.jpg': [gzipSync(svg), 'not a picture'],
      'empty.jpg': ['', 'the file is empty'],
      'half.tif': [
        (await makeNoise(64, 4).tiff({ compression: 'lzw' }).toBuffer()).subarray(0, 3000),
        'damaged, or not a picture',
      ],
      'jpeg-size.jpg': [
        claimSize(jpeg, jpeg.indexOf(Buffer.from([0xff, 0xc0])) + 5, 2, 65_000),
        'too large: 65000×65000 is 4225 megapixels, at most 64 are read',
      ],
      'page.jpg': ['<head><title>404</title>', `it is a web page; ${EXPECTED}`],
      'paper.png': ['%PDF-1.7\n', `it is a PDF document; ${EXPECTED}`],
      'phone.jpg': ['\0\0\0\x18ftypheic\0\0\0\0mif1heic', "HEIC can't be read here: export it as JPEG first"],
      'png-size.png': [
        pngOf(100_000, 100_000, bomb),
        'too large: 100000×100000 is 10000 megapixels, at most 64 are read',
      ],
      'pointer.png': [
        'version https://git-lfs.github.com/spec/v1\noid sha256:00\n',
        `it is a pointer of Git LFS (git lfs pull fetches the picture); ${EXPECTED}`,
      ],
      'text.jpg': ['hello', 'not a picture'],
      'tiff-lie.tif': [tiffOf(7000, 7000), 'damaged, or not a picture'],
      'tiff-size.tif': [tiffOf(0x7fffffff, 0x7fffffff), 'damaged, or not a picture'],
      'tiff-size-2.tif': [
        tiffOf(90_000, 90_000),
        'too large: 90000×90000 is 8100 megapixels, at most 64 are read',
      ],
    }
    for (const [name, [content]] of Object.entries(files)) await writeFile(photos(name), content)
    // What inflates without end beside the pixels is not looked at.
    for (const [name, type, head] of [
      ['text', 'zTXt', 'k\0\0'],
      ['profile', 'iCCP', 'k\0\0'],
      ['words', 'iTXt', 'k\0\x01\0\0\0'],
    ] as const)
      await writeFile(
        photos(`bomb-${name}.png`),
        insert(
          await makeNoise(64, head.length + type.charCodeAt(1))
            .png()
            .toBuffer(),
          type,
          Buffer.concat([Buffer.from(head, 'latin1'), bomb]),
        ),
      )
    await writeFile(photos('good.png'), good)
    await mkdir(photos('folder.jpg'))
    await writeFile(join(photos('folder.jpg'), 'inner.png'), await makeNoise(64, 5).png().toBuffer())
    await writeFile(photos('vast.png'), 'x')
    await truncate(photos('vast.png'), 5e12)
    execFileSync('mkfifo', [photos('pipe.jpg')])
    await symlink('/dev/zero', photos('device.jpg'))
    await symlink('nowhere.jpg', photos('broken.jpg'))
    await symlink('loop.jpg', photos('loop.jpg'))
    await symlink('..', photos('around'))

    const before = process.resourceUsage().maxRSS
    // A condition that needs no faces: what can be decoded is kept.
    const bench = openBench(folder, {
      condition: { kind: 'color-palette' },
      dataset: { source: { folder: './photos' }, max_rejects: '100%', crop: 'center' },
    })
    await bench.run([collectImages, annotateImages]).catch(() => undefined)
    expect(process.resourceUsage().maxRSS - before).toBeLessThan(1_200_000)

    const found = Object.fromEntries(
      (await readAnnotations(bench)).map(({ source, rejected }) => [source, rejected?.message]),
    )
    const special = {
      'broken.jpg': 'it is a link to nothing',
      'device.jpg': 'it is not a file, but a pipe, a socket or a device',
      'loop.jpg': 'it is a link to nothing',
      'pipe.jpg': 'it is not a file, but a pipe, a socket or a device',
      'vast.png': 'too large: the file has 5000000 MB, at most 600 are read',
    }
    expect(found).toMatchObject(special)
    for (const [name, [, reason]] of Object.entries(files))
      expect(`${name}: ${found[name]}`).toContain(`${name}: ${reason}`)
    const usable = ['bomb-profile.png', 'bomb-text.png', 'bomb-words.png', 'folder.jpg/inner.png', 'good.png']
    expect(Object.keys(found).sort()).toEqual(
      [...Object.keys(files), ...Object.keys(special), ...usable].sort(),
    )
  },
)

test('a pipe or a device that is named outright is refused, and not waited for', async () => {
  for (const name of ['pipe.jpg', 'device.jpg'])
    await expect(readPicture(photos(name))).rejects.toThrow(
      "can't be read: it is a pipe, a socket or a device",
    )
  await expect(readPicture(photos('loop.jpg'))).rejects.toThrow(
    "can't be read: it is a link that leads to itself",
  )
  await expect(readPicture(photos('x'.repeat(300)))).rejects.toThrow("can't be read: its name is too long")
})
