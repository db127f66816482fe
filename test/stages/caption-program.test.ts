/** Captions that a program writes: `captions: { command: … }` with a real program. */
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import sharp from 'sharp'
import { beforeEach, describe, expect, test } from 'vitest'
import { annotate, captionsOf, NAMES, PROGRAM, SIDE, useCaptionFolder } from './caption-folder.ts'
import { readAnnotations, readRows } from './dataset-stages.ts'
import { makeNoise, writeFrames } from './face-pictures.ts'

const own = useCaptionFolder()
const { open, run, readLog, readAsked } = own

test('each picture gets the caption that was written for it, in one line, wherever the answer came', async () => {
  const bench = run('well')
  await bench.run()
  expect(await captionsOf(bench)).toEqual(
    Object.fromEntries(NAMES.map((name) => [name.slice(0, 6), `a picture called ${name}`])),
  )
  const rows = [...(await readRows(bench, 'train')), ...(await readRows(bench, 'validation'))]
  expect(rows.map(({ text, image }) => [text, image.path])).toEqual(
    rows.map(({ image }) => [`a picture called ${basename(image.path!).slice(0, 6)}.png`, image.path]),
  )
  expect(rows).toHaveLength(8)
  expect(await readLog()).toContain(`start in ${own.folder}`)
  const captions = bench.events.filter((event) => event.type === 'progress' && event.unit === 'captions')
  expect(captions.at(-1)).toMatchObject({ done: 8, total: 8, stage: 'annotate-images' })
  expect(await readdir(bench.paths.work)).not.toContain('captions')
})

test('asked once: not again, only the new ones, all of another program, and never for what is left out', async () => {
  await annotate(run('well'))
  await annotate(run('well'))
  expect(await readAsked()).toEqual([...NAMES].reverse())

  await writeFrames(join(own.folder, 'frames'), { first: 8, count: 2, side: SIDE })
  await rm(join(own.folder, 'frames/000009_ldmks.txt'))
  await annotate(run('well'))
  expect((await readAsked()).slice(8)).toEqual(['000008.png'])
  expect((await readLog()).filter((line) => line.startsWith('start'))).toHaveLength(2)

  const script = join(own.folder, 'mine.mjs')
  await writeFile(script, await readFile(PROGRAM))
  await rm(join(own.folder, 'log.txt'))
  const mine = open([process.execPath, 'mine.mjs', 'well', 'log.txt'])
  await annotate(mine)
  expect(await readAsked()).toHaveLength(9)
  await writeFile(script, `${await readFile(PROGRAM, 'utf8')}\n// Better now.\n`)
  await annotate(mine)
  expect(await readAsked()).toHaveLength(18)
  const left = (await readAnnotations(mine)).find(({ id }) => id === '000009')
  expect(left).toMatchObject({ rejected: { code: 'no-landmarks' }, caption: null })
})

test('other captions never look for faces anew', async () => {
  await annotate(run('well'))
  const findings = await readFile(join(own.folder, 'dataset/.cnk/findings.ndjson'))
  const other = open([process.execPath, PROGRAM, 'well', 'other.txt'])
  await annotate(other)
  expect(await readFile(join(own.folder, 'dataset/.cnk/findings.ndjson'))).toEqual(findings)
})

test('two pictures of one content are asked for once', async () => {
  await writeFile(
    join(own.folder, 'frames/000001.png'),
    await readFile(join(own.folder, 'frames/000000.png')),
  )
  const bench = run('well')
  await annotate(bench)
  expect(await readAsked()).toEqual([
    '000007.png',
    '000006.png',
    '000005.png',
    '000004.png',
    '000003.png',
    '000002.png',
    '000000.png',
  ])
})

describe('near duplicates', () => {
  const near = (mode: string) =>
    open([process.execPath, PROGRAM, mode, 'log.txt'], { filters: { cut_faces: 'keep', max_pose: 180 } })
  beforeEach(async () => {
    const picture = await sharp(join(own.folder, 'frames/000007.png')).jpeg({ quality: 95 }).toBuffer()
    await writeFile(join(own.folder, 'frames/again.jpg'), picture)
    await copyFile(join(own.folder, 'frames/000007_ldmks.txt'), join(own.folder, 'frames/again_ldmks.txt'))
  })

  test('are not asked for', async () => {
    await annotate(near('well'))
    expect(await readAsked()).toEqual([...NAMES].reverse())
  })

  test('take the place of one that got no caption', async () => {
    const bench = near('errors')
    await annotate(bench)
    // The first start fails for the first that it is given, the last picture; what it stood for is asked for in a second.
    expect((await readAsked()).slice(8)).toEqual(['again.jpg'])
    const rejected = (await readAnnotations(bench)).filter((one) => one.rejected !== null)
    expect(rejected.map(({ id, rejected: why }) => [id, why?.code])).toEqual([
      ['000007', 'no-caption'],
      ['again', 'no-caption'],
    ])
  })
})

test('more pictures than one start gets, and far more than a pipe holds', { timeout: 120_000 }, async () => {
  // Equal contents are asked for once, so each of the 1,100 is one of its own: a picture with another tail.
  const frames = join(own.folder, 'many')
  await mkdir(frames)
  const picture = await makeNoise(SIDE, 1).jpeg().toBuffer()
  const landmarks = await readFile(join(own.folder, 'frames/000000_ldmks.txt'))
  const long = 'x'.repeat(150)
  for (let index = 0; index < 1100; index++) {
    const name = join(frames, `${long}-${String(index).padStart(5, '0')}`)
    await writeFile(`${name}.jpg`, Buffer.concat([picture, Buffer.from(String(index))]))
    await writeFile(`${name}_ldmks.txt`, landmarks)
  }
  const bench = open([process.execPath, PROGRAM, 'well', 'log.txt'], {
    source: { face_synthetics: './many' },
    captions: { command: [process.execPath, PROGRAM, 'well', 'log.txt'] },
  })
  await annotate(bench)
  const captions = Object.entries(await captionsOf(bench))
  expect(captions).toHaveLength(1100)
  expect(captions.filter(([id, caption]) => caption !== `a picture called ${id}.jpg`)).toEqual([])
  expect((await readLog()).filter((line) => line.startsWith('start'))).toHaveLength(2)
})
