import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { openAnnotator } from '../../build/annotators/threads/annotator-threads.js'
import { readLandmarkModels } from '../../build/annotators/embedded/landmark-models.js'
import { findSpigaModel } from '../../build/annotators/spiga/spiga-model.js'

const THREADS = 2
const RUNS = 6
const ROUNDS = 3
/** SPIGA looks twice at each face. */
const LOOKS = 2
const PHOTO = fileURLToPath(new URL('../fixtures/pictures/astronaut.jpg', import.meta.url))

/**
 * SPIGA's annotator, from the JPEG to the landmarks, beside bare runs of the same network on as many threads, by turns. The
 * network: CNK_BENCH_SPIGA (an exported spiga.onnx; its numbers do not matter for the speed), else the one in the cache.
 */
export async function benchSpiga() {
  const file = process.env.CNK_BENCH_SPIGA ?? (await findSpigaModel())?.file
  if (file === undefined || !existsSync(file)) {
    console.log('skipped: SPIGA (controlnet-kit models fetch spiga, or CNK_BENCH_SPIGA=spiga.onnx)\n')
    return []
  }
  const models = await readLandmarkModels()
  const settings = { models, quality: 'best', file, runtime: undefined }
  const finder = { annotator: 'spiga', settings }
  const annotator = await openAnnotator({ finder, workers: THREADS })
  const bare = await openBare(file)
  const annotate = () => annotator.annotate({ kind: 'file', file: PHOTO })
  await Promise.all([...repeat(THREADS, annotate), ...bare.map((run) => run(1))])
  const rates = []
  for (let round = 0; round < ROUNDS; round++) {
    const ofBare = (THREADS * RUNS) / (await seconds(() => Promise.all(bare.map((run) => run(RUNS)))))
    const looks = (THREADS * RUNS) / LOOKS
    const ofFaces = looks / (await seconds(() => Promise.all(repeat(looks, annotate))))
    rates.push({ ofBare, ofFaces, share: (ofFaces * LOOKS) / ofBare })
  }
  await annotator.close()
  for (const run of bare) run.close()
  const { ofBare, ofFaces, share } = rates.sort((a, b) => a.share - b.share)[Math.floor(ROUNDS / 2)]
  console.log(
    `SPIGA: ${ofFaces.toFixed(2)} faces/s, two looks each; bare ONNX Runtime ${ofBare.toFixed(2)} looks/s; ${THREADS} threads\n`,
  )
  return [
    {
      what: 'SPIGA: looks per second, share of bare ONNX Runtime',
      value: share * 100,
      unit: '%',
      atLeast: 80,
    },
  ]
}

const repeat = (count, call) => Array.from({ length: count }, () => call())

async function seconds(work) {
  const before = performance.now()
  await work()
  return (performance.now() - before) / 1000
}

/** Threads that do nothing but run the network. */
async function openBare(file) {
  const threads = repeat(
    THREADS,
    () => new Worker(new URL('./spiga-bare.mjs', import.meta.url), { workerData: file }),
  )
  const said = (thread) =>
    new Promise((resolve, reject) => thread.once('message', resolve).once('error', reject))
  await Promise.all(threads.map(said))
  return threads.map((thread) => {
    const run = (count) => {
      thread.postMessage(count)
      return said(thread)
    }
    run.close = () => thread.terminate()
    return run
  })
}
