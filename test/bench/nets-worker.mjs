/** The nets of the embedded annotator on a square photo of one megapixel with one face: no decoding, no cutting out. */
import { parentPort, workerData } from 'node:worker_threads'
import { readLandmarkModels } from '../../build/annotators/embedded/landmark-models.js'
import { LANDMARK_NET_SIDE, openLandmarkNets } from '../../build/annotators/embedded/landmark-nets.js'

/** Sides that `quality: best` looks at. */
const SIDES = [896, 448, 224]
const VIEWS = 6

const nets = await openLandmarkNets(await readLandmarkModels())
const pictures = SIDES.map((side) => ({ side, pixels: Buffer.alloc(side * side * 3, 90) }))
const crops = Buffer.alloc(LANDMARK_NET_SIDE ** 2 * 3 * VIEWS, 90)

async function look() {
  for (const { side, pixels } of pictures) await nets.detect(pixels, side, side)
  await nets.locate(crops.subarray(0, crops.length / VIEWS), 1)
  await nets.locate(crops, VIEWS)
}

for (let round = 0; round < 3; round++) await look()
const started = performance.now()
for (let round = 0; round < workerData.rounds; round++) await look()
parentPort.postMessage((performance.now() - started) / 1000)
await nets.close()
