import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { collectImages } from '../../src/stages/collect-images/collect-images.ts'
import { put } from './case-folder.ts'
import { readAnnotations } from './dataset-stages.ts'
import { makeNoise } from './face-pictures.ts'
import { picture, ready, rejects } from './pair-folder.ts'

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
      'gone.png': 'bad-row: pairs.csv:9 names it, but it is not there',
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
    await put('set/image/d.png', await picture(4))
    await put('set/conditioning_image/d.png', await picture(5))
    await put('set/text/d.txt', Buffer.from('a café', 'latin1'))
    expect(await rejects(ready({ pairs: './set' }))).toEqual({
      'image/b.png':
        'conditioning-missing: both conditioning_image/b.jpg and conditioning_image/b.png could be its conditioning image',
      'image/c.png': 'conditioning-missing: there is no picture conditioning_image/c.*',
      'image/d.png': 'no-caption: its "text" is not UTF-8 text',
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
      'is not a table of pairs: expected a .csv or .jsonl file, or a folder.',
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
      'found metadata.parquet, which is not supported.',
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
