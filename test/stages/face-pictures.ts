/** Small picture folders for tests: drawn from noise with landmark files beside them, or real photographs. */
import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { createSeededRandom } from '../../src/generated-faces/seeded-random.ts'
import { readGoldenFace } from '../unit/faces/golden-face.ts'

interface FramesOptions {
  readonly first?: number
  readonly count: number
  readonly side: number
}

/** FaceSynthetics' layout: noise for a picture, a real face's landmarks, shifted a little from frame to frame. */
export async function writeFrames(folder: string, { first = 0, count, side }: FramesOptions): Promise<void> {
  await mkdir(folder, { recursive: true })
  const golden = readGoldenFace()
  for (let frame = first; frame < first + count; frame++) {
    const name = join(folder, String(frame).padStart(6, '0'))
    const noise = makeNoise(side, frame)
    await writeFile(`${name}.png`, await noise.png().toBuffer())
    await writeFile(`${name}_seg.png`, await noise.extractChannel(0).png().toBuffer())
    const points = golden.map(([x, y]) => [(x * side) / 512 + frame / 7, (y * side) / 512])
    const lines = [...points, points[36]!, points[45]!].map(([x, y]) => `${x} ${y}`)
    await writeFile(`${name}_ldmks.txt`, lines.join('\n') + '\n')
  }
}

/** Soft blotches: like a photo, neither flat nor white noise. */
export function makeNoise(side: number, seed: number) {
  const random = createSeededRandom(seed)
  const small = Buffer.from(Array.from({ length: 8 * 8 * 3 }, () => Math.floor(random.between(0, 256))))
  return sharp(small, { raw: { width: 8, height: 8, channels: 3 } }).resize(side, side, { kernel: 'cubic' })
}

const PHOTOS = join(import.meta.dirname, '../../node_modules/@vladmandic/face-api/demo')

/** Real photographs of people in ordinary light; 1 to 6. */
export async function copyPhotos(folder: string, numbers: readonly number[]): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const number of numbers)
    await copyFile(join(PHOTOS, `sample${number}.jpg`), join(folder, `sample${number}.jpg`))
}
