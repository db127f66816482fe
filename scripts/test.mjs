// Runs the tests: makes (or finds) the venv by the kit's own command, then vitest with the rest of the arguments.
import { execFileSync, spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const upstream = process.env.CNK_UPSTREAM_SCRIPT

const engine = upstream ? ['--set', 'train.engine=diffusers'] : []
const environment = execFileSync(
  process.execPath,
  [join(root, 'dist/main.js'), 'env', 'create', 'configs/quickstart.yaml', '--json', ...engine],
  { cwd: root, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' },
)
const { python } = JSON.parse(environment)

const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
const { status } = spawnSync(process.execPath, [vitest, 'run', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, CNK_TEST_PYTHON: python, OMP_NUM_THREADS: '1' },
})
process.exit(status ?? 1)
