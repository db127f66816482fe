// Checks the Python code: format and lint with ruff, types with mypy, which looks into the venv that the tests use.
// `--fix` formats, and mends what ruff can. Both tools come from a hashed lock, through the person's own pip settings.
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { testPython } from './test-environment.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const lock = join(root, 'scripts/check-python/lock.txt')
const fix = process.argv.includes('--fix')

const python = testPython(root)
const tools = toolsPython(python)
const checks = [
  ['ruff', 'format', ...(fix ? [] : ['--diff']), '.'],
  ['ruff', 'check', ...(fix ? ['--fix'] : []), '.'],
  ['mypy', '--python-executable', python],
]
const results = checks.map(run)
process.exit(results.every((status) => status === 0) ? 0 : 1)

function run([module, ...args]) {
  return spawnSync(tools, ['-m', module, ...args], { cwd: root, stdio: 'inherit' }).status
}

/** The Python of a venv that holds the tools alone: one for each lock and Python, beside the kit's environments. */
function toolsPython(base) {
  const minor = execFileSync(base, ['-c', 'import sys; print(*sys.version_info[:2])'], { encoding: 'utf8' })
  const key = createHash('sha256').update(minor).update(readFileSync(lock)).digest('hex').slice(0, 16)
  const cache = dirname(dirname(dirname(dirname(base))))
  const folder = join(cache, 'check-python', key)
  if (!existsSync(folder)) install(base, folder)
  return pythonOf(folder)
}

/** Appears whole or not at all; when another process was faster, its venv is the same. */
function install(base, folder) {
  console.error('Installing ruff and mypy (about 80 MB) …')
  const partial = `${folder}.${process.pid}.partial`
  mkdirSync(dirname(folder), { recursive: true })
  try {
    execFileSync(base, ['-m', 'venv', partial], { stdio: ['ignore', 2, 2] })
    const pip = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--only-binary', ':all:', '--require-hashes']
    execFileSync(pythonOf(partial), [...pip, '-r', lock], {
      stdio: ['ignore', 2, 2],
      env: { ...process.env, PIP_NO_INPUT: '1', PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_USER: '0' },
    })
    if (!existsSync(folder)) renameSync(partial, folder)
  } finally {
    rmSync(partial, { recursive: true, force: true })
  }
}

function pythonOf(folder) {
  return process.platform === 'win32' ? join(folder, 'Scripts/python.exe') : join(folder, 'bin/python')
}
