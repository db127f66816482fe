/** The environment of the SPIGA export, made by the kit, and a file of random weights. */
import { execFile } from 'node:child_process'
import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { cacheFolder } from '../../src/tools/cache-folder.ts'
import { planHelperEnvironment } from '../../src/tools/helper-environment.ts'
import { ensureVenv } from '../../src/tools/venv.ts'

export const runFile = promisify(execFile)

/**
 * A cache folder of its own, with the environments of the person's: they are keyed by what they hold, so the one for the
 * export is made by the first run of the tests, and found by the next.
 */
export async function makeHome(folder: string): Promise<string> {
  const environments = join(cacheFolder(), 'environments')
  await mkdir(environments, { recursive: true })
  const home = join(folder, 'home')
  await mkdir(home)
  await symlink(environments, join(home, 'environments'))
  return home
}

/** The Python of the export's environment. */
export async function exportPython(): Promise<string> {
  const plan = await planHelperEnvironment('python/locks/spiga-cpu.txt')
  await ensureVenv({ ...plan, signal: new AbortController().signal, tell: () => undefined })
  return plan.python
}

export async function writeRandomWeights(python: string, file: string): Promise<void> {
  await runFile(python, [join(import.meta.dirname, 'python/random_spiga.py'), file])
}
