import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makePortraits } from './dataset-fixture.mjs'
import { measurePrepare, openProject } from './prepare.mjs'

const FEW = 1_000
const MANY = 50_000

/** Peak memory of the embedded annotator with few pictures and with many. Takes an hour: only by its name. */
export async function benchMemory() {
  const few = await measure(FEW)
  const many = await measure(MANY)
  return [
    { what: `embedded annotator, ${FEW} rows: peak memory`, value: few, unit: 'MB', atMost: 1024 },
    { what: `${MANY} rows: peak memory`, value: many, unit: 'MB', atMost: 1024 },
    { what: '  against the few', value: many / few, unit: 'times', atMost: 1.2 },
  ]
}

async function measure(count) {
  const folder = join(tmpdir(), `cnk-bench-portraits-${count}`)
  await makePortraits(folder, count)
  const project = openProject({
    condition: { quality: 'fast' },
    dataset: {
      source: { folder },
      resolution: 64,
      max_rejects: '50%',
      filters: { duplicates: 'keep', cut_faces: 'keep' },
    },
  })
  try {
    return (await measurePrepare(project)).maxRssMb
  } finally {
    project.close()
  }
}
