import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { put } from './case-folder.ts'
import { readRows, type Bench } from './dataset-stages.ts'
import { picture, pixels, ready } from './pair-folder.ts'

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
