/** Worker thread of `writeGeneratedFaces`: generates every `step`th face from `first` on and sends a message after each. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { loadSharp } from '../images/load-sharp.ts'
import { generateFace } from '../../generated-faces/generated-face.ts'
import type { FaceSet } from '../../generated-faces/generated-source.ts'

export interface GeneratedFacesTask {
  readonly folder: string
  readonly seed: number
  readonly first: number
  readonly step: number
  readonly faces: FaceSet
}

const { folder, seed, first, step, faces } = workerData as GeneratedFacesTask

for (let index = first; index < faces.count; index += step) {
  await writeFace(index)
  parentPort?.postMessage(index)
}

async function writeFace(index: number): Promise<void> {
  const face = generateFace(seed, index, faces)
  const name = join(folder, String(index).padStart(6, '0'))
  const lines = face.landmarks.map(([x, y]) => `${x.toFixed(4)} ${y.toFixed(4)}\n`)
  const [image, segmentation] = await Promise.all([png(face.rgb, 3), png(face.segmentation, 1)])
  await Promise.all([
    writeFile(`${name}.png`, image, { flush: true }),
    writeFile(`${name}_seg.png`, segmentation, { flush: true }),
    writeFile(`${name}.txt`, `${face.caption}\n`, { flush: true }),
    writeFile(`${name}_ldmks.txt`, lines.join(''), { flush: true }),
  ])
}

function png(pixels: Uint8Array, channels: 1 | 3): Promise<Buffer> {
  const raw = { width: faces.size, height: faces.size, channels }
  const adaptiveFiltering = channels === 3
  const image = loadSharp()(pixels, { raw }).toColourspace(channels === 1 ? 'b-w' : 'srgb')
  return image.png({ compressionLevel: 6, adaptiveFiltering }).toBuffer()
}
