import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { makePhotos } from './dataset-fixture.mjs'
import { measurePrepare, openProject } from './prepare.mjs'

const COUNT = 1000

/** JPEG photos of one megapixel with one face each, by the embedded annotator. */
export async function benchPhotos() {
  const photos = join(tmpdir(), `cnk-bench-photos-${COUNT}`)
  await makePhotos(photos, COUNT)
  const filters = { duplicates: 'keep' }
  const project = openProject({ dataset: { source: { folder: photos }, max_rejects: '50%', filters } })
  try {
    const before = await measureNets()
    const whole = await measurePrepare(project)
    const nets = (before + (await measureNets())) / 2
    const annotate = COUNT / whole.stages['annotate-images']
    const all = COUNT / whole.seconds
    return [
      { what: 'the two nets alone, a thread for each core', value: nets, unit: 'img/s' },
      { what: 'embedded annotator, 1 MP JPEG: annotate', value: annotate, unit: 'img/s' },
      { what: '  against the nets', value: annotate / nets, unit: 'times', atLeast: 0.6 },
      { what: '  the whole of prepare against the nets', value: all / nets, unit: 'times', atLeast: 0.6 },
      { what: '  cores busy', value: whole.busy * 100, unit: '%' },
      { what: '  peak memory', value: whole.maxRssMb, unit: 'MB', atMost: 1024 },
    ]
  } finally {
    project.close()
  }
}

/** What one photo takes of the nets, again and again on every core: photos a second. */
async function measureNets() {
  const rounds = 40
  const threads = availableParallelism()
  const file = new URL('nets-worker.mjs', import.meta.url)
  const workers = Array.from({ length: threads }, () => new Worker(file, { workerData: { rounds } }))
  const seconds = await Promise.all(
    workers.map(
      (worker) =>
        new Promise((resolve, reject) => {
          worker.on('message', resolve)
          worker.on('error', reject)
        }),
    ),
  )
  return (threads * rounds) / Math.max(...seconds)
}
