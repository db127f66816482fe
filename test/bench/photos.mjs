import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { makePhotos } from './dataset-fixture.mjs'
import { measurePrepare, openProject } from './prepare.mjs'

const COUNT = 1000

/** Prepared anew so often, with the nets measured before and after each: a machine that others use changes its speed by the minute. */
const ROUNDS = 3

/** JPEG photos of one megapixel with one face each, by the embedded annotator. Medians. */
export async function benchPhotos() {
  const photos = join(tmpdir(), `cnk-bench-photos-${COUNT}`)
  await makePhotos(photos, COUNT)
  const rounds = []
  let before = await measureNets()
  for (let round = 0; round < ROUNDS; round++) {
    const whole = await preparePhotos(photos)
    const after = await measureNets()
    rounds.push({ whole, nets: (before + after) / 2 })
    before = after
  }
  const median = (read) => rounds.map(read).sort((a, b) => a - b)[Math.floor(ROUNDS / 2)]
  const annotate = ({ whole }) => COUNT / whole.stages['annotate-images']
  const all = ({ whole }) => COUNT / whole.seconds
  return [
    { what: 'the two nets alone, a thread for each core', value: median(({ nets }) => nets), unit: 'img/s' },
    { what: 'embedded annotator, 1 MP JPEG: annotate', value: median(annotate), unit: 'img/s' },
    {
      what: '  against the nets',
      value: median((each) => annotate(each) / each.nets),
      unit: 'times',
      atLeast: 0.6,
    },
    {
      what: '  the whole of prepare against the nets',
      value: median((each) => all(each) / each.nets),
      unit: 'times',
      atLeast: 0.6,
    },
    { what: '  cores busy', value: median(({ whole }) => whole.busy * 100), unit: '%' },
    { what: '  peak memory', value: median(({ whole }) => whole.maxRssMb), unit: 'MB', atMost: 1024 },
  ]
}

async function preparePhotos(photos) {
  const filters = { duplicates: 'keep' }
  const project = openProject({ dataset: { source: { folder: photos }, max_rejects: '50%', filters } })
  try {
    return await measurePrepare(project)
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
