import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packageRoot } from '../../src/tools/package-root.ts'
import { writeContactSheet, type ContactSheetReject } from '../../src/tools/images/contact-sheet.ts'

let folder: string
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'contact-sheet-'))))
afterAll(() => rm(folder, { recursive: true, force: true }))

test('pictures stand beside their conditioning images, in reading order', async () => {
  const file = join(folder, 'sheet.png')
  const rows = await Promise.all(
    ['#ff0000', '#00ff00', '#0000ff'].map(async (colour) => ({
      image: await plain(colour),
      conditioning: await plain('#102030'),
      caption: 'a portrait <photo> & "more" '.repeat(9),
    })),
  )
  await writeContactSheet(file, { title: 'Samples', rows })
  const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true })
  const at = (x: number, y: number): number[] => [
    ...data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3),
  ]
  expect(info.channels).toBe(3)
  // Two pairs of 192 px tiles fit beside each other, the third goes below.
  expect([info.width, info.height]).toEqual([24 + 2 * (388 + 24), 24 + 44 + 2 * (192 + 22 + 24)])
  expect([at(120, 160), at(316, 160)]).toEqual([
    [255, 0, 0],
    [16, 32, 48],
  ])
  expect([at(532, 160), at(728, 160)]).toEqual([
    [0, 255, 0],
    [16, 32, 48],
  ])
  expect([at(120, 398), at(316, 398)]).toEqual([
    [0, 0, 255],
    [16, 32, 48],
  ])
  expect(await readdir(folder)).toEqual(['sheet.png'])
})

test('takes paths, portrait formats and grey pictures', async () => {
  const path = join(folder, 'grey.png')
  await writeFile(
    path,
    await sharp({ create: { width: 40, height: 90, channels: 3, background: '#808080' } })
      .greyscale()
      .png()
      .toBuffer(),
  )
  const file = join(folder, 'second.png')
  await writeContactSheet(file, { title: '', rows: [{ image: path, conditioning: path, caption: '' }] })
  const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true })
  expect([...data.subarray((160 * info.width + 120) * 3, (160 * info.width + 120) * 3 + 3)]).toEqual([
    128, 128, 128,
  ])
})

test('without fonts the words are left out, not drawn as boxes', async () => {
  const file = join(folder, 'no-fonts.png')
  const fonts = join(folder, 'fonts.conf')
  await writeFile(fonts, '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig/>')
  const script = `const { writeContactSheet } = await import(${JSON.stringify(join(packageRoot, 'build/tools/images/contact-sheet.js'))})
    await writeContactSheet(${JSON.stringify(file)}, { title: 'Words', rows: [] })`
  const env = { ...process.env, FONTCONFIG_FILE: fonts }
  await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { env })
  const { channels } = await sharp(file).stats()
  expect(channels.map(({ min, max }) => [min, max])).toEqual([
    [250, 250],
    [250, 250],
    [250, 250],
  ])
})

function plain(colour: string): Promise<Buffer> {
  return sharp({ create: { width: 64, height: 64, channels: 3, background: colour } })
    .png()
    .toBuffer()
}

test('what was left out stands in a line below, of words that no XML would take', async () => {
  const file = join(folder, 'rejects.png')
  const caption = 'odd \ufffe\uffff\ud800\u0007 <words> 😀 顔写真'.repeat(50)
  const row = { image: await plain('#ff0000'), conditioning: await plain('#00ff00'), caption }
  const pictures = [
    { picture: await plain('#0000ff'), reason: 'too small', name: caption },
    { picture: null, reason: 'unreadable', name: 'cut.jpg' },
    ...Array<ContactSheetReject>(20).fill({
      picture: null,
      reason: 'no face',
      name: 'more than there is room for',
    }),
  ]
  await writeContactSheet(file, { title: caption, rows: [row], rejects: { title: 'Left out', pictures } })
  const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true })
  const at = (x: number, y: number): number[] => [...data.subarray((y * info.width + x) * 3).subarray(0, 3)]
  const end = 24 + 44 + (192 + 22 + 24)
  expect([info.width, info.height]).toEqual([24 + 388 + 24, end + 44 + 120 + 34 + 24])
  expect(at(24 + 60, end + 44 + 60)).toEqual([0, 0, 255])
  // The second one is crossed out.
  expect(at(24 + 132 + 60, end + 44 + 20)).toEqual([228, 228, 228])
  // Right of the last one that fits there is nothing.
  expect(at(info.width - 5, end + 44 + 60)).toEqual([250, 250, 250])
})
