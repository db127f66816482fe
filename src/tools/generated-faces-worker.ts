/** A thread of `writeGeneratedFaces`: makes every `step`th face from `first` on and says so after each. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import sharp, { type Sharp } from 'sharp'
import { GENERATED_FACE_SIZE, generateFace } from '../dataset/generated-face.ts'

export interface GeneratedFacesTask {
  readonly folder: string
  readonly seed: number
  readonly first: number
  readonly step: number
  readonly count: number
}

const { folder, seed, first, step, count } = workerData as GeneratedFacesTask

for (let index = first; index < count; index += step) {
  await writeFace(index)
  parentPort?.postMessage(index)
}

async function writeFace(index: number): Promise<void> {
  const face = generateFace(seed, index)
  const name = join(folder, String(index).padStart(6, '0'))
  const lines = face.landmarks.map(([x, y]) => `${x.toFixed(4)} ${y.toFixed(4)}\n`)
  await Promise.all([
    picture(face.rgb, 3).toFile(`${name}.png`),
    picture(face.segmentation, 1).toFile(`${name}_seg.png`),
    writeFile(`${name}_ldmks.txt`, lines.join('')),
  ])
}

function picture(pixels: Uint8Array, channels: 1 | 3): Sharp {
  const raw = { width: GENERATED_FACE_SIZE, height: GENERATED_FACE_SIZE, channels }
  return sharp(pixels, { raw }).png({ compressionLevel: 6, adaptiveFiltering: channels === 3 })
}
