import { execFileSync } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { convertFaceNets } from '../../scripts/convert-face-nets.mjs'
import { planFirstCrop } from '../../src/faces/net-crop.ts'
import { sampleCrop } from '../../src/faces/sample-crop.ts'
import { readLandmarkModels } from '../../src/annotators/embedded/landmark-models.ts'
import { openLandmarkNets, type LandmarkNets } from '../../src/annotators/embedded/landmark-nets.ts'
import type { NetRuntime } from '../../src/tools/nets/net-runtime.ts'
import { readPicture } from '../../src/tools/images/decode-picture.ts'

const models = fileURLToPath(new URL('../../models/', import.meta.url))
const photo = fileURLToPath(new URL('../fixtures/pictures/astronaut.jpg', import.meta.url))
const SIDE = 224
/** onnxruntime-node is optional. */
const hasNative = await import('onnxruntime-node').then(
  () => true,
  () => false,
)
const runtimes: NetRuntime[] = hasNative ? ['node', 'web'] : ['web']

describe('the files under models/', () => {
  test('are what the conversion gives, byte for byte', async () => {
    const { models: converted, list } = convertFaceNets()
    expect(converted.map(({ name }) => name)).toEqual(['face-detector', 'face-landmarks-68'])
    for (const { name, bytes } of converted) {
      expect(Buffer.compare(bytes, await readFile(join(models, `${name}.onnx`)))).toBe(0)
    }
    expect(list).toBe(await readFile(join(models, 'models.json'), 'utf8'))
  })

  test('are described with their hashes', async () => {
    const readme = await readFile(join(models, 'README.md'), 'utf8')
    const { hashes } = await readLandmarkModels()
    expect(Object.keys(hashes)).toHaveLength(2)
    for (const [file, sha256] of Object.entries(hashes)) {
      expect(readme).toContain(file)
      expect(readme).toContain(sha256)
    }
  })

  test('are refused when they were changed, or are gone', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cnk-models-'))
    try {
      await cp(models, folder, { recursive: true })
      const file = join(folder, 'face-detector.onnx')
      const bytes = await readFile(file)
      bytes[bytes.length - 1]! ^= 1
      await writeFile(file, bytes)
      const damaged = { name: 'UserError', reason: 'integrity', code: 'model-damaged' }
      await expect(readLandmarkModels(folder)).rejects.toMatchObject(damaged)
      await expect(readLandmarkModels(folder)).rejects.toThrow(`${file} is not the file it should be`)
      await rm(file)
      await expect(readLandmarkModels(folder)).rejects.toMatchObject(damaged)
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

describe('the nets', () => {
  const opened = new Map<NetRuntime, LandmarkNets>()
  let faces: Uint8Array
  let image: Uint8Array
  const answers = new Map<NetRuntime, { landmarks: Float32Array; cells: Float32Array }>()

  beforeAll(async () => {
    ;({ faces, image } = await makeInputs())
    for (const runtime of runtimes) {
      const nets = await openLandmarkNets(await readLandmarkModels(), runtime)
      opened.set(runtime, nets)
      const landmarks = await nets.locate(faces, 2)
      answers.set(runtime, { landmarks, cells: await nets.detect(image, SIDE, SIDE) })
    }
  }, 60_000)
  afterAll(async () => {
    for (const nets of opened.values()) await nets.close()
  })

  test.each(runtimes)(
    'agree with the original package (%s)',
    (runtime) => {
      const original = runOriginal(faces, image)
      const { landmarks, cells } = answers.get(runtime)!
      expect(largestDifference(landmarks, original.landmarks)).toBeLessThan(1e-5)
      expect(largestDifference(cells, original.cells)).toBeLessThan(1e-4)
    },
    60_000,
  )

  test('answer the same natively and in WebAssembly', () => {
    const web = answers.get('web')!
    for (const { landmarks, cells } of answers.values()) {
      expect(largestDifference(landmarks, web.landmarks)).toBeLessThan(1e-4)
      expect(largestDifference(cells, web.cells)).toBeLessThan(1e-4)
    }
  })

  test('choose the native runtime where it loads', async () => {
    const nets = await openLandmarkNets(await readLandmarkModels())
    expect(nets.runtime).toBe(runtimes[0])
    await nets.close()
  })
})

/** A face and noise for the landmark net, a photo for the detector. */
async function makeInputs(): Promise<{ faces: Uint8Array; image: Uint8Array }> {
  const picture = await readPicture(photo)
  const face = sampleCrop(picture, planFirstCrop({ x: 170, y: 70, width: 110, height: 110 }), 112)
  const noise = Uint8Array.from(face, (_, index) => (index * 7919) % 256)
  const whole = planFirstCrop({ x: 0, y: 0, width: 512, height: 512 })
  return { faces: Buffer.concat([face, noise]), image: sampleCrop(picture, whole, SIDE) }
}

function runOriginal(faces: Uint8Array, image: Uint8Array): { landmarks: number[]; cells: number[] } {
  const program = fileURLToPath(new URL('original-face-api.mjs', import.meta.url))
  const input = { faces: base64(faces), count: 2, image: base64(image), side: SIDE }
  const output = execFileSync(process.execPath, [program], { input: JSON.stringify(input), maxBuffer: 1e8 })
  return JSON.parse(output.toString()) as { landmarks: number[]; cells: number[] }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length)
  expect(a.length).toBeGreaterThan(0)
  return Math.max(...Array.from(a, (value, index) => Math.abs(value - b[index]!)))
}
