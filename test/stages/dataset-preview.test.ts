/** What a user sees of the dataset stages: the counts while they run, and the page and the contact sheet afterwards. */
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { EventBody } from '../../src/events.ts'
import { annotateImages } from '../../src/stages/annotate-images/annotate-images.ts'
import { collectImages } from '../../src/stages/collect-images/collect-images.ts'
import { writeDataset } from '../../src/stages/write-dataset/write-dataset.ts'
import { openBench, readManifest, type Bench } from './dataset-stages.ts'
import { writeFrames } from './face-pictures.ts'

type ProgressEvent = Extract<EventBody, { type: 'progress' }>

let root: string
let folder: string
beforeAll(async () => void (root = await mkdtemp(join(tmpdir(), 'cnk-seen-'))))
beforeEach(async () => void (folder = await mkdtemp(join(root, 'case-'))))
afterAll(() => rm(root, { recursive: true }))

/** Frames with known landmarks. */
function openFrames(): Bench {
  return openBench(folder, {
    condition: { annotator: 'files' },
    dataset: {
      source: { face_synthetics: './frames' },
      crop: 'center',
      resolution: 64,
      validation: { count: 2 },
      max_rejects: '90%',
    },
  })
}

const frame = (index: number, suffix = '.png'): string =>
  join(folder, 'frames', `${String(index).padStart(6, '0')}${suffix}`)

function progressOf({ events }: Bench): ProgressEvent[] {
  return events
    .filter((event) => event.type === 'progress')
    .filter(({ stage }) => stage === 'annotate-images')
}

describe('live counts', () => {
  test('kept and rejected by reason, and nothing known before', async () => {
    await writeFrames(join(folder, 'frames'), { count: 6, side: 64 })
    await writeFile(frame(1), 'no picture')
    await copyFile(frame(2), join(folder, 'frames', 'copy.png'))
    await rm(frame(3, '_ldmks.txt'))
    const bench = openFrames()
    await bench.run([collectImages, annotateImages])
    const progress = progressOf(bench)
    expect(progress[0]).toMatchObject({
      done: 0,
      total: 7,
      known: 0,
      counts: { kept: 0, rejected: {} },
    })
    expect(progress.at(-1)).toEqual({
      type: 'progress',
      stage: 'annotate-images',
      done: 7,
      total: 7,
      unit: 'pictures',
      note: '4 kept  3 rejected',
      detail: '1 unreadable, 1 duplicate, 1 without landmark file',
      known: 0,
      counts: { kept: 4, rejected: { duplicate: 1, unreadable: 1, 'no-landmarks': 1 } },
    })
  })

  test('what is known from before comes first, and is said to be known', async () => {
    await writeFrames(join(folder, 'frames'), { count: 5, side: 64 })
    await openFrames().run([collectImages, annotateImages])
    // They lie between the others in the order of names.
    for (const index of [10, 11])
      await writeFrames(join(folder, 'frames'), { first: index, count: 1, side: 64 })
    await copyFile(frame(10), join(folder, 'frames', '000001b.png'))
    await copyFile(frame(10, '_ldmks.txt'), join(folder, 'frames', '000001b_ldmks.txt'))
    const bench = openFrames()
    await bench.run([collectImages, annotateImages])
    const progress = progressOf(bench)
    expect(progress[0]).toMatchObject({ done: 5, known: 5, total: 8 })
    expect(progress.at(-1)).toMatchObject({ done: 8, known: 5, total: 8 })
    for (const { done, total, known, counts } of progress) {
      const rejected = Object.values(counts!.rejected).reduce((sum, each) => sum + each, 0)
      expect(done).toBe(counts!.kept + rejected)
      expect(done).toBeLessThanOrEqual(total!)
      expect(known).toBe(5)
    }
  })
})

describe('the page and the sheet', () => {
  let bench: Bench
  beforeEach(async () => {
    await writeFrames(join(folder, 'frames'), { count: 9, side: 64 })
    await writeFile(frame(1), 'no picture')
    await copyFile(frame(2), join(folder, 'frames', 'copy.png'))
    bench = openFrames()
    await bench.run()
  })

  const page = (): Promise<string> => readFile(join(bench.paths.dataset, 'preview.html'), 'utf8')

  test('show rows with their landmarks, and rejects where they can be read', async () => {
    const html = await page()
    const { train, validation, rejected } = await readManifest(bench)
    expect([train, validation, rejected]).toEqual([6, 2, { unreadable: 1, duplicate: 1 }])
    expect(html.match(/alt="Landmarks on /g)).toHaveLength(8)
    expect(html.match(/held out<\/span>/g)).toHaveLength(2)
    expect(html.match(/alt="Left out: /g)).toHaveLength(1)
    expect(html.match(/no picture to show/g)).toHaveLength(1)
    const { width, height } = await sharp(join(bench.paths.dataset, 'preview.png')).metadata()
    // Two pairs beside each other, and more below them than in a sheet without rejects.
    expect([width, height]).toEqual([24 + 3 * 412, 24 + 44 + 3 * 238 + 44 + 120 + 34 + 24])
  })

  test('the overlay is the picture with dots on it', async () => {
    const html = await page()
    const images = [
      ...html.matchAll(/<img src="data:image\/webp;base64,([^"]+)" alt="(Picture|Landmarks on) /g),
    ]
    const decode = (index: number): Promise<Buffer> =>
      sharp(Buffer.from(images[index]![1]!, 'base64')).raw().toBuffer()
    const [plain, dotted] = [await decode(0), await decode(1)]
    const greenish = (pixels: Buffer): number => {
      let count = 0
      for (let at = 0; at < pixels.length; at += 3)
        if (pixels[at + 1]! > 180 && pixels[at]! < 90 && pixels[at + 2]! < 170) count++
      return count
    }
    expect(greenish(dotted) - greenish(plain)).toBeGreaterThan(100)
  })

  test('are the same when the same rows are written again, from another place', async () => {
    const before = [await page(), await readFile(join(bench.paths.dataset, 'preview.png'))]
    expect(before[0]).not.toContain(folder)
    await bench.run()
    expect([await page(), await readFile(join(bench.paths.dataset, 'preview.png'))]).toEqual(before)
  })

  test('a rejected picture that is gone by then costs its thumbnail, not the dataset', async () => {
    await rm(join(folder, 'frames', 'copy.png'))
    await bench.run([writeDataset])
    expect((await page()).match(/no picture to show/g)).toHaveLength(2)
  })
})
