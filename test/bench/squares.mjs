import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeSquares } from './dataset-fixture.mjs'
import { measurePrepare, openProject } from './prepare.mjs'

const COUNT = 2000
const CLI = fileURLToPath(new URL('../../dist/start.cjs', import.meta.url))

/** Everything is measured so often, in turn: a machine that others use is slow at one minute and quick at the next. */
const ROUNDS = 5

/** Square PNGs of 512 px with landmarks beside them: all of `prepare` but a net. Medians. */
export async function benchSquares() {
  const squares = join(tmpdir(), `cnk-bench-squares-2-${COUNT}`)
  await makeSquares(squares, COUNT)
  const rounds = []
  for (let round = 0; round < ROUNDS; round++)
    rounds.push({ ...(await measureRound(squares)), plain: measurePlainPipeline(squares) })
  const median = (read) => rounds.map(read).sort((a, b) => a - b)[Math.floor(ROUNDS / 2)]
  const speeds = rounds.map(({ whole }) => (COUNT / whole.seconds).toFixed(0)).join(', ')
  return [
    {
      what: `ready landmarks: decode, draw, encode, write (${speeds})`,
      value: median(({ whole }) => COUNT / whole.seconds),
      unit: 'img/s',
      atLeast: 150,
    },
    { what: '  cores busy', value: median(({ whole }) => whole.busy * 100), unit: '%', atLeast: 90 },
    { what: '  peak memory', value: median(({ whole }) => whole.maxRssMb), unit: 'MB' },
    {
      what: 'the same without decoding (only the rows anew)',
      value: median(({ rows }) => COUNT / rows.stages['write-dataset']),
      unit: 'img/s',
      atLeast: 400,
    },
    { what: 'a plain Python pipeline, 2 processes', value: median(({ plain }) => plain), unit: 'img/s' },
    {
      what: '  prepare against it',
      value: median(({ whole, plain }) => COUNT / whole.seconds / plain),
      unit: 'times',
    },
  ]
}

/** The whole, and then the rows once more with other captions. */
async function measureRound(squares) {
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
    return { whole, rows: await measurePrepare(project) }
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
