import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { annotateImages } from '../../src/stages/annotate-images.ts'
import { collectImages } from '../../src/stages/collect-images.ts'
import { folder, put } from './case-folder.ts'
import { openBench, readAnnotations, readRows, type Bench } from './dataset-stages.ts'
import { copyPhotos, makeNoise } from './face-pictures.ts'

const picture = (seed: number, side = 64): Promise<Buffer> => makeNoise(side, seed).png().toBuffer()
const pixels = (bytes: Uint8Array): Promise<Buffer> => sharp(bytes).raw().toBuffer()

const ready = (source: object, dataset: object = {}, condition: object = {}): Bench =>
  openBench(folder, {
    condition: { kind: 'images', ...condition },
    dataset: {
      source,
      crop: 'center',
      resolution: 64,
      validation: { count: 0 },
      max_rejects: '100%',
      captions: { column: 'text' },
      ...dataset,
    },
  })

async function rejects(bench: Bench): Promise<Record<string, string>> {
  await bench.run([collectImages, annotateImages])
  const found = await readAnnotations(bench)
  return Object.fromEntries(
    found.flatMap(({ source, rejected }) =>
      rejected ? [[source, `${rejected.code}: ${rejected.message}`]] : [],
    ),
  )
}

async function expectPairs(
  bench: Bench,
  pairs: Record<string, [image: Buffer, conditioning: Buffer, text: string]>,
) {
  await bench.run()
  const rows = await readRows(bench, 'train')
  expect(rows.map(({ image, text }) => [image.path, text])).toEqual(
    Object.entries(pairs).map(([name, [, , text]]) => [name, text]),
  )
  for (const row of rows) {
    const [image, conditioning] = pairs[row.image.path]!
    expect((await pixels(row.image.bytes)).equals(await pixels(image))).toBe(true)
    expect((await pixels(row.conditioning_image.bytes)).equals(await pixels(conditioning))).toBe(true)
    expect((await sharp(row.conditioning_image.bytes).metadata()).format).toBe('png')
  }
}

test('equal pictures with other halves: each pair is judged by its own', async () => {
  const [a, c, wide] = await Promise.all([
    picture(1),
    picture(3),
    makeNoise(64, 4).resize(64, 32).png().toBuffer(),
  ])
  for (const name of ['1', '2', '3', '4']) await put(`set/${name}.png`, a)
  await put('set/c.png', c)
  await put('set/d.png', c)
  await put('set/wide.png', wide)
  await put(
    'set/pairs.csv',
    'image,conditioning_image,text\n1.png,gone.png,one\n2.png,wide.png,two\n3.png,c.png,three\n4.png,d.png,four\n',
  )
  const source = { pairs: './set/pairs.csv' }
  const kept = await rejects(ready(source, { filters: { duplicates: 'keep' } }))
  expect(Object.keys(kept)).toEqual(['1.png', '2.png'])
  expect(kept['1.png']).toContain('conditioning-missing')
  expect(kept['2.png']).toContain('conditioning-mismatch')
  const near = await rejects(ready(source))
  expect(near['4.png']).toBe('duplicate: the same picture as 3.png')
  expect(Object.keys(near)).toEqual(['1.png', '2.png', '4.png'])
})

describe('pairs become rows, as', () => {
  test('a CSV file', async () => {
    const [a, b, c, d] = await Promise.all([1, 2, 3, 4].map((seed) => picture(seed)))
    for (const [name, bytes] of Object.entries({
      'a.png': a,
      'b.png': b,
      'drawn/a.png': c,
      'drawn/b.png': d,
    }))
      await put(`set/${name}`, bytes!)
    const long = `${'ein sehr langer Satz, '.repeat(500)}"Ende" 終わり`
    const quoted = `"${long.replaceAll('"', '""')}"`
    await put(
      'set/pairs.csv',
      `image,conditioning_image,text\r\nb.png,drawn/b.png,two\r\na.png,drawn/a.png,${quoted}\r\n`,
    )
    const bench = ready({ pairs: './set/pairs.csv' })
    await expectPairs(bench, { 'a.png': [a!, c!, long], 'b.png': [b!, d!, 'two'] })
  })

  test('a JSONL file with other names for its columns', async () => {
    const [a, c] = await Promise.all([picture(1), picture(3)])
    await put('set/a.png', a!)
    await put('set/c.png', c!)
    await put('set/pairs.jsonl', '{"photo":"a.png","canny_file_name":"c.png","caption":"one"}\n')
    const bench = ready(
      { pairs: './set/pairs.jsonl' },
      {
        columns: { image: 'photo', conditioning_image: 'canny', caption: 'caption' },
        captions: { column: 'caption' },
      },
    )
    await expectPairs(bench, { 'a.png': [a!, c!, 'one'] })
  })

  test.each([{ pairs: './set' }, { folder: './set' }])('a folder with metadata: %j', async (source) => {
    const [a, c] = await Promise.all([picture(1), picture(3)])
    await put('set/in/a.png', a!)
    await put('set/in/c/a.png', c!)
    const line = { file_name: 'a.png', conditioning_image_file_name: 'c/a.png', text: 'one' }
    await put(
      `set/${'pairs' in source ? '' : 'in/'}metadata.jsonl`,
      JSON.stringify(
        'pairs' in source
          ? { ...line, file_name: 'in/a.png', conditioning_image_file_name: 'in/c/a.png' }
          : line,
      ),
    )
    await expectPairs(ready(source), { 'a.png': [a!, c!, 'one'] })
  })

  test('folders, one for each column', async () => {
    const [a, b, c, d] = await Promise.all([1, 2, 3, 4].map((seed) => picture(seed)))
    await put('set/image/a.png', a!)
    await put('set/image/x/b.png', b!)
    await put('set/conditioning_image/a.webp', await sharp(c!).webp({ lossless: true }).toBuffer())
    await put('set/conditioning_image/x/b.png', d!)
    await put('set/image/a.txt', 'beside\n')
    await put('set/text/x/b.txt', 'in its folder')
    await expectPairs(ready({ pairs: './set' }), {
      'a.png': [a!, c!, 'beside'],
      'b.png': [b!, d!, 'in its folder'],
    })
  })
})

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

describe('what is wrong with one pair is said of it, and the others go on', () => {
  test('in a table', async () => {
    const good = await picture(1)
    await put('set/good.png', good)
    await put('set/good-c.png', await picture(2))
    await put(
      'set/wide-c.png',
      await sharp(await picture(2))
        .resize(66, 64, { fit: 'fill' })
        .png()
        .toBuffer(),
    )
    await put(
      'set/almost-c.png',
      await sharp(await picture(2))
        .resize(201, 200, { fit: 'fill' })
        .png()
        .toBuffer(),
    )
    await put(
      'set/empty-c.png',
      await sharp({ create: { width: 64, height: 64, channels: 3, background: '#123' } })
        .png()
        .toBuffer(),
    )
    await put('set/broken-c.png', 'hello')
    for (const name of ['almost', 'wide', 'empty', 'broken', 'lonely', 'alone', 'mute'])
      await put(`set/${name}.png`, await picture(name.length + name.charCodeAt(0)))
    await put('set/copy.png', good)
    const rows = [
      'good.png,good-c.png,x',
      'almost.png,almost-c.png,x',
      'wide.png,wide-c.png,x',
      'empty.png,empty-c.png,x',
      'broken.png,broken-c.png,x',
      'lonely.png,none.png,x',
      'alone.png,,x',
      'gone.png,good-c.png,x',
      'copy.png,good-c.png,x',
      'good.png,wide-c.png,x',
      '../out.png,good-c.png,x',
      'https://x.org/a.png,good-c.png,x',
      'mute.png,good-c.png,',
      'one,two',
    ]
    await put('set/pairs.csv', ['image,conditioning_image,text', ...rows].join('\n'))
    const bench = ready({ pairs: './set/pairs.csv' })
    const how = 'paths are written with / and start at the folder of the file that names them, without ..'
    expect(await rejects(bench)).toEqual({
      'alone.png': 'conditioning-missing: pairs.csv:8 names no conditioning image for it',
      'broken.png': 'conditioning-unreadable: its conditioning image: not a picture',
      'empty.png': 'conditioning-empty: its conditioning image is all one colour',
      'gone.png': 'unreadable: pairs.csv:9 names it, but it is not there',
      'good.png': 'duplicate: the same picture as copy.png',
      'lonely.png': 'conditioning-missing: its conditioning image none.png (pairs.csv:7) is not there',
      'mute.png': 'no-caption: its "text" is empty',
      'pairs.csv:11': 'bad-row: it names good.png as pairs.csv:2 does',
      'pairs.csv:12': `bad-row: its "image" is "../out.png"; ${how}`,
      'pairs.csv:13': `bad-row: its "image" is "https://x.org/a.png"; ${how}`,
      'pairs.csv:15':
        'bad-row: expected 3 fields as in the first line, found 2 (a field with a comma needs quotes)',
      'wide.png': 'conditioning-mismatch: its conditioning image has another shape: 66×64, the picture 64×64',
    })
    const kept = (await readAnnotations(bench)).filter(({ rejected }) => rejected === null)
    expect(kept.map(({ source, conditioning, face }) => [source, conditioning, face])).toEqual([
      ['almost.png', 'almost-c.png', null],
      ['copy.png', 'good-c.png', null],
    ])
  })

  test('in folders', async () => {
    for (const name of ['a', 'b', 'c']) await put(`set/image/${name}.png`, await picture(name.charCodeAt(0)))
    await put('set/conditioning_image/a.png', await picture(1))
    await put('set/conditioning_image/b.png', await picture(1))
    await put('set/conditioning_image/b.jpg', await picture(1))
    await put('set/text/a.txt', 'x')
    expect(await rejects(ready({ pairs: './set' }))).toEqual({
      'image/b.png':
        'conditioning-missing: both conditioning_image/b.jpg and conditioning_image/b.png could be its conditioning image',
      'image/c.png': 'conditioning-missing: there is no picture conditioning_image/c.*',
    })
  })

  test('a conditioning image that is mended is looked at again', async () => {
    await put('set/a.png', await picture(1))
    await put('set/c.png', 'hello')
    await put('set/b.png', await picture(2))
    await put('set/d.png', await picture(3))
    await put('set/pairs.csv', 'image,conditioning_image,text\na.png,c.png,x\nb.png,d.png,x\n')
    const bench = ready({ pairs: './set/pairs.csv' })
    expect(Object.keys(await rejects(bench))).toEqual(['a.png'])
    await put('set/c.png', await picture(4))
    await put('set/d.png', 'hello')
    expect(Object.keys(await rejects(bench))).toEqual(['b.png'])
  })
})

describe('what is wrong with the whole is one mistake', () => {
  test.each<[string, Record<string, string>, object, string]>([
    [
      'no such column',
      { 'set/p.csv': 'photo,conditioning_image,text\n' },
      { pairs: './set/p.csv' },
      'p.csv has no column "image_file_name" or "file_name" or "image" for the pictures; it has "photo"',
    ],
    [
      'every picture elsewhere',
      { 'set/p.csv': 'image,conditioning_image,text\na.png,b.png,x\nc.png,d.png,x\n' },
      { pairs: './set/p.csv' },
      'None of the 2 pairs of',
    ],
    [
      'another kind of file',
      { 'set/p.xlsx': 'PK' },
      { pairs: './set/p.xlsx' },
      'is no table of pairs: expected a .csv or .jsonl file, or a folder.',
    ],
    [
      'a folder with neither',
      { 'set/a.txt': '' },
      { pairs: './set' },
      'has no pairs: expected metadata.csv or metadata.jsonl in it, or the folders image/ and conditioning_image/.',
    ],
    [
      'two metadata files',
      { 'set/a/metadata.csv': '', 'set/a/metadata.jsonl': '' },
      { folder: './set' },
      'There are metadata.csv and metadata.jsonl in a/; expected one of them.',
    ],
    [
      'no metadata',
      { 'set/a.txt': '' },
      { folder: './set' },
      'Expected metadata.csv or metadata.jsonl with conditioning images in',
    ],
    [
      'Parquet metadata',
      { 'set/metadata.parquet': 'PAR1' },
      { folder: './set' },
      'found metadata.parquet, which is not read here.',
    ],
  ])('%s', async (_, files, source, message) => {
    for (const [name, content] of Object.entries(files)) await put(name, content)
    await expect(ready(source).run([collectImages])).rejects.toMatchObject({
      name: 'UserError',
      reason: 'preflight',
      message: expect.stringContaining(message),
    })
  })
})
