// Runs the tests: makes (or finds) the venv by the kit's own command, then vitest with the rest of the arguments.
// A skipped test fails the run: what can't run here is not registered, and says so in one line.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { testPython } from './test-environment.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const upstream = process.env.CNK_UPSTREAM_SCRIPT

const engine = upstream ? ['--set', 'train.engine=diffusers'] : []
const python = testPython(root, engine)

const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
const scratch = mkdtempSync(join(tmpdir(), 'cnk-test-'))
const results = join(scratch, 'results.json')
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${results}`]
const { status } = spawnSync(process.execPath, [vitest, 'run', ...reporters, ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, CNK_TEST_PYTHON: python, OMP_NUM_THREADS: '1' },
})
const skipped = status === 0 ? findSkipped(JSON.parse(readFileSync(results, 'utf8'))) : []
rmSync(scratch, { recursive: true })
for (const name of skipped) console.error(`✖ skipped: ${name}`)
process.exit(status === 0 && skipped.length > 0 ? 1 : (status ?? 1))

function findSkipped({ testResults }) {
  return testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter((test) => test.status !== 'passed')
    .map(({ fullName }) => fullName)
}
