import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { faceToCrop } from '../../src/raster/crop.ts'
import type { Point } from '../../src/faces/face.ts'
import { readCrop } from '../../src/stages/write-dataset/make-rows.ts'
import { readGoldenFace } from '../unit/faces/golden-face.ts'
import { openBench, readAnnotations, readRows } from './dataset-stages.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnk-follow-'))
})
afterAll(() => rm(folder, { recursive: true }))

const [WIDTH, HEIGHT] = [420, 360]
/** Far enough from each other to be measured one by one: jaw, chin, brows, mouth. */
const MARKED = [0, 4, 8, 12, 16, 19, 24, 57]
const DOT = 3

/** Whole pixels, so that a dot can sit exactly there. */
function planFace(): Point[] {
  return readGoldenFace().map(([x, y]) => [Math.round(x * 0.45) + 70, Math.round(y * 0.45) + 60])
}

function drawDots(points: readonly Point[]): Buffer {
  const data = Buffer.alloc(WIDTH * HEIGHT * 3)
  for (const [x, y] of MARKED.map((index) => points[index]!))
    for (let row = y - DOT; row <= y + DOT; row++)
      data.fill(255, (row * WIDTH + x - DOT) * 3, (row * WIDTH + x + DOT + 1) * 3)
  return data
}

/** What a camera stores for each orientation: what the tag undoes. */
const STORED: readonly ((image: Sharp) => Promise<Sharp>)[] = [
  async (image) => image,
  async (image) => image.flop(),
  async (image) => image.rotate(180),
  async (image) => image.flip(),
  async (image) => sharp(await image.rotate(90).png().toBuffer()).flop(),
  async (image) => image.rotate(270),
  async (image) => sharp(await image.rotate(90).png().toBuffer()).flip(),
  async (image) => image.rotate(90),
]

const FORMATS = {
  jpg: (image: Sharp) => image.jpeg({ quality: 98 }),
  png: (image: Sharp) => image.png(),
  webp: (image: Sharp) => image.webp({ quality: 98 }),
  tif: (image: Sharp) => image.tiff({ compression: 'lzw' }),
} as const

async function writePictures(points: readonly Point[]): Promise<void> {
  await mkdir(join(folder, 'photos'))
  const pts = `version: 1\nn_points: 68\n{\n${points.map(([x, y]) => `${x + 1} ${y + 1}`).join('\n')}\n}\n`
  const dots = drawDots(points)
  for (const [index, store] of STORED.entries()) {
    for (const [ending, encode] of Object.entries(FORMATS)) {
      const image = await store(sharp(dots, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } }))
      const bytes = await encode(image.withMetadata({ orientation: index + 1 })).toBuffer()
      expect((await sharp(bytes).metadata()).orientation).toBe(index + 1)
      const name = join(folder, 'photos', `${ending}-${index + 1}`)
      await writeFile(`${name}.${ending}`, bytes)
      await writeFile(`${name}.pts`, pts)
    }
  }
}

/** Centre of what is bright within `radius` of a point. */
function findDot(rgb: Buffer, side: number, [x, y]: Point, radius: number): Point {
  let [sum, sumX, sumY] = [0, 0, 0]
  for (let row = Math.max(0, Math.round(y - radius)); row <= Math.min(side - 1, y + radius); row++)
    for (
      let column = Math.max(0, Math.round(x - radius));
      column <= Math.min(side - 1, x + radius);
      column++
    ) {
      const value = Math.max(0, rgb[(row * side + column) * 3]! - 40)
      sum += value
      sumX += value * column
      sumY += value * row
    }
  return [sumX / sum, sumY / sum]
}

test('what is marked in a picture is where its landmarks say, whatever its orientation, format, crop and size', async () => {
  await writePictures(planFace())
  for (const [crop, resolution] of [
    ['face', 512],
    ['center', 128],
    ['pad', 256],
  ] as const) {
    await rm(join(folder, 'dataset'), { recursive: true, force: true })
    const bench = openBench(folder, {
      condition: { annotator: 'files' },
      dataset: {
        source: { folder: './photos' },
        crop,
        resolution,
        validation: { count: 0 },
        filters: { duplicates: 'keep', cut_faces: 'keep', max_pose: 180 },
      },
    })
    await bench.run()
    const rows = new Map((await readRows(bench, 'train')).map((row) => [row.image.path, row.image.bytes]))
    const kept = (await readAnnotations(bench)).filter(({ rejected }) => rejected === null)
    expect(kept).toHaveLength(32)
    for (const annotation of kept) {
      const { landmarks } = faceToCrop(annotation.face!, readCrop(annotation), resolution)
      const scale = resolution / annotation.crop![2]
      const rgb = await sharp(rows.get(`${annotation.id}.png`))
        .raw()
        .toBuffer()
      for (const point of MARKED.map((index) => landmarks[index]!)) {
        const found = findDot(rgb, resolution, point, (DOT + 4) * scale)
        const distance = Math.hypot(found[0] - point[0], found[1] - point[1])
        expect(distance, `${crop} ${annotation.source}: ${found.join()} for ${point.join()}`).toBeLessThan(
          0.5,
        )
      }
    }
  }
})
