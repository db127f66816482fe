/** Captions that a program writes: `captions: { command: … }` with a real program. */
import {
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ToolError, UserError } from '../../src/errors.ts'
import { openPicturePaths } from '../../src/tools/picture-paths.ts'
import type { PictureSource } from '../../src/tools/sources/picture-source.ts'
import { annotateImages } from '../../src/stages/annotate-images.ts'
import { collectImages } from '../../src/stages/collect-images.ts'
import { openBench, readAnnotations, readRows, type Bench } from './dataset-stages.ts'
import { makeZip } from '../unit/dataset/zip/make-zip.ts'
import { makeNoise, writeFrames } from './face-pictures.ts'
import { entriesOfFolder } from './zip-files.ts'

const PROGRAM = join(import.meta.dirname, '../fixtures/captioners/caption.mjs')
const SIDE = 96

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnk-captions-'))
  await writeFrames(join(folder, 'frames'), { count: 8, side: SIDE })
})
afterEach(() => rm(folder, { recursive: true }))

function open(command: string | readonly string[], more: Record<string, unknown> = {}): Bench {
  return openBench(folder, {
    condition: { annotator: 'files' },
    dataset: {
      source: { face_synthetics: './frames' },
      crop: 'center',
      resolution: SIDE,
      validation: { count: 2 },
      captions: { command },
      max_rejects: '60%',
      filters: { duplicates: 'keep', cut_faces: 'keep', max_pose: 180 },
      ...more,
    },
  })
}

const run = (mode: string): Bench => open([process.execPath, PROGRAM, mode, 'log.txt'])

/** Without writing the dataset: captions are there before. */
const annotate = (bench: Bench) => bench.run([collectImages, annotateImages])

async function readLog(): Promise<string[]> {
  const text = await readFile(join(folder, 'log.txt'), 'utf8').catch(() => '')
  return text.split('\n').filter(Boolean)
}

const readAsked = async (): Promise<string[]> =>
  (await readLog()).filter((line) => !line.startsWith('start')).map((line) => basename(line))

const captionsOf = async (bench: Bench) =>
  Object.fromEntries((await readAnnotations(bench)).map(({ id, caption }) => [id, caption]))

const NAMES = Array.from({ length: 8 }, (_, index) => `00000${index}.png`)

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
  expect(await readLog()).toContain(`start in ${folder}`)
  const captions = bench.events.filter((event) => event.type === 'progress' && event.unit === 'captions')
  expect(captions.at(-1)).toMatchObject({ done: 8, total: 8, stage: 'annotate-images' })
  expect(await readdir(bench.paths.work)).not.toContain('captions')
})

test('asked once: not again, only the new ones, all of another program, and never for what is left out', async () => {
  await annotate(run('well'))
  await annotate(run('well'))
  expect(await readAsked()).toEqual([...NAMES].reverse())

  await writeFrames(join(folder, 'frames'), { first: 8, count: 2, side: SIDE })
  await rm(join(folder, 'frames/000009_ldmks.txt'))
  await annotate(run('well'))
  expect((await readAsked()).slice(8)).toEqual(['000008.png'])
  expect((await readLog()).filter((line) => line.startsWith('start'))).toHaveLength(2)

  const script = join(folder, 'mine.mjs')
  await writeFile(script, await readFile(PROGRAM))
  await rm(join(folder, 'log.txt'))
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
  const findings = await readFile(join(folder, 'dataset/.cnk/findings.ndjson'))
  const other = open([process.execPath, PROGRAM, 'well', 'other.txt'])
  await annotate(other)
  expect(await readFile(join(folder, 'dataset/.cnk/findings.ndjson'))).toEqual(findings)
})

test('two pictures of one content are asked for once', async () => {
  await writeFile(join(folder, 'frames/000001.png'), await readFile(join(folder, 'frames/000000.png')))
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
    const picture = await sharp(join(folder, 'frames/000007.png')).jpeg({ quality: 95 }).toBuffer()
    await writeFile(join(folder, 'frames/again.jpg'), picture)
    await copyFile(join(folder, 'frames/000007_ldmks.txt'), join(folder, 'frames/again_ldmks.txt'))
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

describe('what it fails to caption is left out with its reason', () => {
  test.each([
    ['errors', '000007', 'caption.mjs: it shows nothing that I know'],
    ['long', '000007', 'caption.mjs wrote 9,999 characters; 2,000 are the most'],
    ['empty', '000007', 'caption.mjs wrote an empty caption'],
  ])('%s', async (mode, id, message) => {
    const bench = run(mode)
    await annotate(bench)
    const rejected = (await readAnnotations(bench)).filter((annotation) => annotation.rejected !== null)
    expect(rejected.map((one) => [one.id, one.rejected])).toEqual([[id, { code: 'no-caption', message }]])
  })

  test('pictures that it does not answer for, which are asked for again next time', async () => {
    const bench = run('misses')
    await annotate(bench)
    const rejected = (await readAnnotations(bench)).filter((annotation) => annotation.rejected !== null)
    expect(rejected.map((one) => [one.id, one.rejected?.message])).toEqual([
      ['000002', 'caption.mjs did not answer for it'],
      ['000006', 'caption.mjs did not answer for it'],
    ])
    expect(bench.events).toContainEqual({
      type: 'warning',
      code: 'captions-missing',
      message: 'caption.mjs did not answer for 2 of 8 pictures.',
    })
    await rm(join(folder, 'log.txt'))
    await bench.run([annotateImages])
    expect(await readAsked()).toEqual(['000006.png', '000002.png'])
  })
})

describe('a program that does not do what it should ends the stage; what it answered is kept', () => {
  test.each([
    ['dies', /^caption\.mjs, which writes the captions, ended with exit code 7; 6 pictures were not/, 2],
    ['killed', /was ended by SIGKILL; 6 pictures were not/, 2],
  ])('%s', async (mode, message, kept) => {
    const error = await annotate(run(mode)).catch((one: unknown) => one)
    expect(error).toBeInstanceOf(ToolError)
    expect((error as ToolError).message).toMatch(message)
    expect((error as ToolError).lastLines).toEqual(['loading a model', 'last words'])
    await rm(join(folder, 'log.txt'))
    // The same command, mended.
    const journal = await readFile(join(folder, 'dataset/.cnk/captions.ndjson'), 'utf8')
    expect(journal.trimEnd().split('\n')).toHaveLength(kept)
  })

  test.each([
    ['chatty', 'caption.mjs printed what is no answer: "Loading checkpoint shards: 100%".', 2],
    ['stranger', 'caption.mjs answered for "/elsewhere/x.png", which it was not asked for', 1],
    ['twice', 'caption.mjs answered for "', 2],
  ])('%s', async (mode, message, kept) => {
    const error = await annotate(run(mode)).catch((one: unknown) => one)
    expect(error).toBeInstanceOf(UserError)
    expect((error as UserError).message).toContain(message)
    expect((error as UserError).code).toBe('caption-answer')
    expect((error as UserError).hint).toContain('docs/captioners.md')
    const journal = await readFile(join(folder, 'dataset/.cnk/captions.ndjson'), 'utf8')
    expect(journal.trimEnd().split('\n')).toHaveLength(kept)
  })

  test('silent', async () => {
    const error = await annotate(run('silent')).catch((one: unknown) => one)
    expect(error).toMatchObject({
      message: 'caption.mjs was given 8 pictures and answered for none.',
      code: 'caption-answer',
    })
  })

  test('it goes on with the rest', async () => {
    const script = join(folder, 'frail.sh')
    await writeFile(
      script,
      `#!/bin/sh\nhead -n 3 | while read -r path; do echo "$path" >> log.txt; printf '{"path":"%s","text":"x"}\\n' "$path"; done\n[ -e mended ]`,
    )
    await chmod(script, 0o755)
    const bench = open('./frail.sh')
    await expect(annotate(bench)).rejects.toMatchObject({ exitCode: 1 })
    expect(await readAsked()).toHaveLength(3)
    await writeFile(join(folder, 'mended'), '')
    await bench.run([annotateImages])
    // It was asked for those three once; of the others it still answers three, and the rest is left out.
    expect(await readAsked()).toHaveLength(6)
  })
})

test(
  'stopped while the program works: it ends, and what it answered is kept',
  { timeout: 30_000 },
  async () => {
    const script = join(folder, 'slow.sh')
    await writeFile(
      script,
      `#!/bin/sh\nread -r path; printf '{"path":"%s","text":"x"}\\n' "$path"; echo $$ > pid; exec sleep 60`,
    )
    await chmod(script, 0o755)
    const abort = new AbortController()
    const bench = open('./slow.sh')
    await bench.run([collectImages])
    const stopped = bench.run([annotateImages], abort.signal)
    stopped.catch(() => undefined)
    const started = async (): Promise<number> => {
      for (;;) {
        const pid = Number(await readFile(join(folder, 'pid'), 'utf8').catch(() => ''))
        if (pid > 0) return pid
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
    const pid = await started()
    abort.abort('SIGINT')
    await expect(stopped).rejects.toBe('SIGINT')
    expect(() => process.kill(pid, 0)).toThrow('ESRCH')
    const journal = await readFile(join(folder, 'dataset/.cnk/captions.ndjson'), 'utf8')
    expect(journal.trimEnd().split('\n')).toHaveLength(1)
  },
)

test('more pictures than one start gets, and far more than a pipe holds', { timeout: 120_000 }, async () => {
  // Equal contents are asked for once, so each of the 1,100 is one of its own: a picture with another tail.
  const frames = join(folder, 'many')
  await mkdir(frames)
  const picture = await makeNoise(SIDE, 1).jpeg().toBuffer()
  const landmarks = await readFile(join(folder, 'frames/000000_ldmks.txt'))
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

describe('paths', () => {
  test('names in any script; one with a line break is copied under its content, and the copy is removed', async () => {
    const names = ['ça va', 'лицо', '顔 1', 'a"b\\c', 'two\nlines', '👩‍🎤']
    for (const [index, name] of names.entries()) {
      for (const end of ['.png', '_ldmks.txt'])
        await rename(join(folder, `frames/00000${index}${end}`), join(folder, 'frames', name + end))
    }
    const bench = run('well')
    await annotate(bench)
    const captions = await captionsOf(bench)
    const { sha256 } = (await readAnnotations(bench)).find(({ id }) => id === 'two\nlines')!
    expect(captions).toMatchObject({
      'ça va': 'a picture called ça va.png',
      лицо: 'a picture called лицо.png',
      '顔 1': 'a picture called 顔 1.png',
      'a"b\\c': 'a picture called a"b\\c.png',
      'two\nlines': `a picture called ${sha256}.png`,
      '👩‍🎤': 'a picture called 👩‍🎤.png',
    })
    const copy = (await readLog()).find((line) => line.includes(sha256!))
    expect(copy).toBe(join(folder, 'dataset/.cnk/captions', `${sha256}.png`))
    expect(await readdir(bench.paths.work)).not.toContain('captions')
  })

  test('of an archive, as copies that are removed', async () => {
    await writeFile(join(folder, 'frames.zip'), makeZip(entriesOfFolder(join(folder, 'frames'))))
    const bench = open([process.execPath, PROGRAM, 'well', 'log.txt'], {
      source: { face_synthetics: './frames.zip' },
      captions: { command: [process.execPath, PROGRAM, 'well', 'log.txt'] },
    })
    await annotate(bench)
    const annotations = await readAnnotations(bench)
    expect(annotations.map(({ caption }) => caption)).toEqual(
      annotations.map(({ sha256 }) => `a picture called ${sha256}.png`),
    )
    expect(annotations).toHaveLength(8)
    expect(await readdir(bench.paths.work)).not.toContain('captions')
  })

  test('pictures that are no files are copied, named by what they are', async () => {
    const jpeg = await makeNoise(16, 1).jpeg().toBuffer()
    const webp = await makeNoise(16, 1).webp().toBuffer()
    const bytes: Record<string, Buffer> = { 'a.png': jpeg, 'b.webp': webp }
    const source = {
      locate: async (path: string) => ({ kind: 'bytes', bytes: bytes[path] }),
    } as unknown as PictureSource
    const copies = join(folder, 'copies')
    const paths = openPicturePaths({ source, folder: copies })
    expect(await paths.place({ path: 'a.png', sha256: 's1' })).toBe(join(copies, 's1.jpg'))
    expect(await paths.place({ path: 'b.webp', sha256: 's2' })).toBe(join(copies, 's2.webp'))
    expect(await readFile(join(copies, 's1.jpg'))).toEqual(jpeg)
    await paths.release('s1')
    expect(await readdir(copies)).toEqual(['s2.webp'])
    await paths.close()
    expect(await readdir(copies)).toEqual([])
  })

  test('the program may be a link, and starts in the working directory', async () => {
    await mkdir(join(folder, 'bin'))
    await symlink(PROGRAM, join(folder, 'bin/mine.mjs'))
    const bench = open([process.execPath, './bin/mine.mjs', 'well', 'log.txt'])
    await annotate(bench)
    expect((await readLog())[0]).toBe(`start in ${folder}`)
  })
})
