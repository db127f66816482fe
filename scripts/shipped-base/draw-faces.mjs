// Draws the faces that the shipped base model is trained on, as arrays that numpy reads:
//   npm run build && node scripts/shipped-base/draw-faces.mjs --out DIR [--seed 1001] [--count 6000]
// DIR gets faces.npy (count, 128, 128, 3; bytes), landmarks.npy (count, 70, 2; pixels) and captions.json. The quickstart's
// faces have seed 1, so the base model has seen none of them.
import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { generateFace } from '../../build/generated-faces/generated-face.js'

const SIZE = 128

if (isMainThread) await main()
else drawShare(workerData)

async function main() {
  const { values } = parseArgs({
    options: {
      out: { type: 'string' },
      seed: { type: 'string', default: '1001' },
      count: { type: 'string', default: '6000' },
    },
  })
  if (values.out === undefined) throw new Error('expected --out DIR')
  const [seed, count] = [Number(values.seed), Number(values.count)]
  const faces = new Uint8Array(count * SIZE * SIZE * 3)
  const landmarks = new Float32Array(count * 70 * 2)
  const captions = Array.from({ length: count })
  const threads = availableParallelism()
  const workers = Array.from({ length: threads }, (_, first) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: { seed, count, first, step: threads } })
    worker.on('message', ({ index, face }) => {
      faces.set(face.rgb, index * SIZE * SIZE * 3)
      landmarks.set(face.landmarks.flat(), index * 70 * 2)
      captions[index] = face.caption
    })
    return new Promise((resolve, reject) => worker.on('exit', resolve).on('error', reject))
  })
  await Promise.all(workers)
  mkdirSync(values.out, { recursive: true })
  writeFileSync(join(values.out, 'faces.npy'), formatNpy('|u1', [count, SIZE, SIZE, 3], faces))
  writeFileSync(join(values.out, 'landmarks.npy'), formatNpy('<f4', [count, 70, 2], landmarks))
  writeFileSync(join(values.out, 'captions.json'), JSON.stringify(captions, null, 1) + '\n')
}

function drawShare({ seed, count, first, step }) {
  for (let index = first; index < count; index += step) {
    const { rgb, landmarks, caption } = generateFace(seed, index, { size: SIZE, kind: 'plain' })
    parentPort.postMessage({ index, face: { rgb, landmarks, caption } })
  }
}

/** An array as a file of numpy's format 1.0. */
function formatNpy(type, shape, values) {
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${shape.join(', ')}), }`
  const header = text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11) + '\n'
  const start = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, header.length & 255, header.length >> 8])
  return Buffer.concat([start, Buffer.from(header), Buffer.from(values.buffer)])
}
