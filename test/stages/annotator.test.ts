import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp, { type Sharp } from 'sharp'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Face, Point } from '../../src/faces/face.ts'
import { mirrorLandmarks } from '../../src/faces/mirror.ts'
import { eyeDistance } from '../../src/faces/net-crop.ts'
import { openFaceAnnotator, type FaceAnnotator } from '../../src/annotators/threads/annotator-threads.ts'
import { PictureError } from '../../src/tools/images/picture-error.ts'

vi.setConfig({ testTimeout: 30_000 })

const astronaut = fixture('astronaut.jpg')
const demo = join(
  dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')),
  'demo',
)
let folder: string
let best: FaceAnnotator
let fast: FaceAnnotator

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnk-annotator-'))
  best = await openFaceAnnotator({ annotator: 'embedded', quality: 'best', workers: 2 })
  fast = await openFaceAnnotator({ annotator: 'embedded', quality: 'fast', workers: 1 })
}, 60_000)
afterAll(async () => {
  await best.close()
  await fast.close()
  await rm(folder, { recursive: true })
})

function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/pictures/${name}`, import.meta.url))
}

async function save(name: string, picture: Sharp): Promise<string> {
  const file = join(folder, name)
  await picture.toFile(file)
  return file
}

const at = (file: string) => ({ kind: 'file', file }) as const

async function onlyFace(annotator: FaceAnnotator, file: string): Promise<Face> {
  const { faces } = await annotator.annotate(at(file))
  expect(faces).toHaveLength(1)
  return faces[0]!
}

/** Mean distance of the points in eye distances. */
function error(found: readonly Point[], expected: readonly Point[]): number {
  expect(found).toHaveLength(68)
  const distances = found.map(([x, y], i) => Math.hypot(x - expected[i]![0], y - expected[i]![1]))
  return distances.reduce((sum, each) => sum + each, 0) / 68 / eyeDistance(expected)
}

test('who it is', () => {
  expect(best.identity).toEqual({
    name: 'embedded',
    quality: 'best',
    version: 2,
    models: {
      'face-detector.onnx': expect.stringMatching(/^[0-9a-f]{64}$/),
      'face-landmarks-68.onnx': expect.stringMatching(/^[0-9a-f]{64}$/),
    },
  })
})

// Read off the picture by eye.
const SEEN = {
  leftEye: [202.5, 100.5],
  rightEye: [246.5, 103.5],
  noseTip: [223, 125],
  chin: [223, 177.5],
} as const

test('a portrait: the landmarks are where one sees them', async () => {
  for (const annotator of [best, fast]) {
    const { landmarks, score, box } = await onlyFace(annotator, astronaut)
    const centre = (from: number, to: number): Point => {
      const points = landmarks.slice(from, to)
      return [0, 1].map((axis) => points.reduce((sum, point) => sum + point[axis]!, 0) / points.length) as [
        number,
        number,
      ]
    }
    const found = {
      leftEye: centre(36, 42),
      rightEye: centre(42, 48),
      noseTip: landmarks[30]!,
      chin: landmarks[8]!,
    }
    for (const name of ['leftEye', 'rightEye', 'noseTip', 'chin'] as const) {
      expect(Math.hypot(found[name][0] - SEEN[name][0], found[name][1] - SEEN[name][1]), name).toBeLessThan(4)
    }
    expect(score).toBeGreaterThan(0.97)
    const xs = landmarks.map(([x]) => x)
    expect(box[0]).toBe(Math.min(...xs))
    expect(box[2]).toBeCloseTo(Math.max(...xs) - Math.min(...xs), 9)
  }
})

test.each([
  ['sample1.jpg', 3],
  ['sample2.jpg', 2],
  ['sample3.jpg', 3],
  ['sample4.jpg', 4],
  ['sample5.jpg', 5],
  ['sample6.jpg', 4],
])(
  'groups: %s has %i faces, best first',
  async (name, count) => {
    const { faces } = await best.annotate(at(join(demo, name)))
    expect(faces).toHaveLength(count)
    const scores = faces.map(({ score }) => score)
    expect(scores).toEqual(scores.toSorted((a, b) => b - a))
  },
  30_000,
)

test('a mirrored photo has mirrored landmarks', async () => {
  const mirrored = await save('mirrored.png', sharp(astronaut).flop())
  const [here, there] = [await onlyFace(best, astronaut), await onlyFace(best, mirrored)]
  expect(error(there.landmarks, mirrorLandmarks(here.landmarks, 512))).toBeLessThan(0.01)
})

test.each([
  [
    'turned by the camera',
    () => sharp(astronaut).rotate(270).withMetadata({ orientation: 6 }),
    ([x, y]: Point): Point => [x, y],
  ],
  [
    'larger',
    () => sharp(astronaut).resize(2500),
    ([x, y]: Point): Point => [((x + 0.5) * 2500) / 512 - 0.5, ((y + 0.5) * 2500) / 512 - 0.5],
  ],
  [
    'moved',
    () => sharp(astronaut).extend({ left: 100, top: 60, background: '#555' }),
    ([x, y]: Point): Point => [x + 100, y + 60],
  ],
  ['tilted', () => sharp(astronaut).rotate(15, { background: '#555' }), null],
])('the same photo %s', async (name, make, move) => {
  const file = await save(`${name}.jpg`, make().jpeg({ quality: 95 }))
  const { width = 0, height = 0 } = await sharp(file).metadata()
  const turn = ([x, y]: Point): Point => {
    const [cos, sin] = [Math.cos(Math.PI / 12), Math.sin(Math.PI / 12)]
    const [dx, dy] = [x - 255.5, y - 255.5]
    return [dx * cos - dy * sin + (width - 1) / 2, dx * sin + dy * cos + (height - 1) / 2]
  }
  const expected = (await onlyFace(best, astronaut)).landmarks.map(move ?? turn)
  expect(error((await onlyFace(best, file)).landmarks, expected)).toBeLessThan(0.02)
})

test('a face that fills the picture', async () => {
  const close = await save(
    'close.png',
    sharp(astronaut).extract({ left: 165, top: 60, width: 120, height: 130 }),
  )
  const expected = (await onlyFace(best, astronaut)).landmarks.map(([x, y]): Point => [x - 165, y - 60])
  expect(error((await onlyFace(best, close)).landmarks, expected)).toBeLessThan(0.04)
})

test('things that the detector takes for faces are no faces', async () => {
  expect(await best.annotate(at(fixture('coins.jpg')))).toMatchObject({ width: 384, height: 303, faces: [] })
})

test('both runtimes find the same', async () => {
  const web = await openFaceAnnotator({ annotator: 'embedded', quality: 'fast', workers: 1, runtime: 'web' })
  expect(web.runtime).toBe('web')
  const [here, there] = [await onlyFace(fast, astronaut), await onlyFace(web, astronaut)]
  await web.close()
  expect(error(there.landmarks, here.landmarks)).toBeLessThan(1e-3)
})

test('a picture that cannot be read is a PictureError, and the others go on', async () => {
  const answers = await Promise.allSettled([
    best.annotate(at(join(folder, 'none.jpg'))),
    best.annotate(at(astronaut)),
    best.annotate(at(fixture('README.md'))),
    best.annotate(at(astronaut)),
  ])
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected', 'fulfilled'])
  const [missing, , unreadable] = answers as PromiseRejectedResult[]
  expect(missing!.reason).toBeInstanceOf(PictureError)
  expect(missing!.reason).toMatchObject({ code: 'missing', message: 'no such file' })
  expect(unreadable!.reason).toMatchObject({ code: 'unreadable', message: 'not a picture' })
})

test('aborting ends everything at once, with the reason', async () => {
  const controller = new AbortController()
  const annotator = await openFaceAnnotator({
    annotator: 'embedded',
    quality: 'best',
    workers: 2,
    signal: controller.signal,
  })
  const pending = Array.from({ length: 8 }, () => annotator.annotate(at(join(demo, 'sample5.jpg'))))
  const reason = new Error('enough')
  setTimeout(() => controller.abort(reason), 50)
  const answers = await Promise.allSettled(pending)
  expect(answers).toEqual(Array(8).fill({ status: 'rejected', reason }))
  await annotator.close()
  await expect(
    openFaceAnnotator({ annotator: 'embedded', quality: 'best', workers: 1, signal: controller.signal }),
  ).rejects.toBe(reason)
})
