import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeSquares } from './dataset-fixture.mjs'
import { measurePrepare, openProject } from './prepare.mjs'

const COUNT = 2000
const CLI = fileURLToPath(new URL('../../dist/start.cjs', import.meta.url))

/** Square PNGs of 512 px with landmarks beside them: all of `prepare` but a net. */
export async function benchSquares() {
  const squares = join(tmpdir(), `cnk-bench-squares-2-${COUNT}`)
  await makeSquares(squares, COUNT)
  const config = {
    condition: { annotator: 'files' },
    dataset: {
      source: { face_synthetics: squares },
      crop: 'center',
      filters: { duplicates: 'keep', cut_faces: 'keep', max_pose: 180 },
    },
  }
  const project = openProject(config)
  try {
    const whole = await measurePrepare(project)
    const captions = { template: 'another caption' }
    project.write({ ...config, dataset: { ...config.dataset, captions } })
    const rows = await measurePrepare(project)
    const plain = measurePlainPipeline(squares)
    const perSecond = COUNT / whole.seconds
    return [
      {
        what: 'ready landmarks: decode, draw, encode, write',
        value: perSecond,
        unit: 'img/s',
        atLeast: 150,
      },
      { what: '  cores busy', value: whole.busy * 100, unit: '%', atLeast: 90 },
      { what: '  peak memory', value: whole.maxRssMb, unit: 'MB' },
      {
        what: 'the same without decoding (only the rows anew)',
        value: COUNT / rows.stages['write-dataset'],
        unit: 'img/s',
        atLeast: 400,
      },
      { what: 'a plain Python pipeline, 2 processes', value: plain, unit: 'img/s' },
      { what: '  prepare against it', value: perSecond / plain, unit: 'times' },
    ]
  } finally {
    project.close()
  }
}

/** Pictures a second, by Pillow and datasets in the kit's own venv. */
function measurePlainPipeline(folder) {
  const shown = execFileSync(process.execPath, [CLI, 'env', 'create', 'configs/quickstart.yaml', '--json'], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const { python } = JSON.parse(shown)
  const script = fileURLToPath(new URL('plain_pipeline.py', import.meta.url))
  const out = mkdtempSync(join(tmpdir(), 'cnk-bench-plain-'))
  try {
    const answer = execFileSync(python, [script, folder, out, '2'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const { rows, seconds } = JSON.parse(answer)
    return rows / seconds
  } finally {
    rmSync(out, { recursive: true })
  }
}
