import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeSmallSquares, removeSquares } from './dataset-fixture.mjs'
import { measurePrepare, openProject } from './prepare.mjs'

const COUNT = 10_000
const ADDED = 100

/** 10,000 small pictures: what a second run costs, and one after pictures were added. */
export async function benchMany() {
  const folder = join(tmpdir(), `cnk-bench-many-2-${COUNT}`)
  await removeSquares(folder, { from: COUNT, to: COUNT + ADDED })
  await makeSmallSquares(folder, COUNT)
  const project = openProject({
    condition: { annotator: 'files' },
    dataset: {
      source: { face_synthetics: folder },
      crop: 'center',
      resolution: 64,
      filters: { duplicates: 'keep', cut_faces: 'keep', max_pose: 180 },
    },
  })
  try {
    const first = await measurePrepare(project)
    const known = await countFindings(project)
    const again = await measurePrepare(project)
    await makeSmallSquares(folder, COUNT + ADDED)
    const grown = await measurePrepare(project)
    const annotated = (await countFindings(project)) - known
    return [
      { what: `${COUNT} pictures of 64 px: the first prepare`, value: first.seconds, unit: 's' },
      { what: '  a second one, nothing changed', value: again.seconds, unit: 's', atMost: 1 },
      {
        what: `  after adding ${ADDED}: pictures annotated`,
        value: annotated,
        unit: 'pictures',
        exactly: ADDED,
      },
      { what: '  and its time', value: grown.seconds, unit: 's' },
    ]
  } finally {
    project.close()
  }
}

async function countFindings({ folder }) {
  const text = await readFile(join(folder, 'dataset/.cnk/findings.ndjson'), 'utf8')
  return text.split('\n').length - 1
}
