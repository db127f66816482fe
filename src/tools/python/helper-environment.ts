/**
 * The environment of a Python helper other than the trainer: it has its own lock and CPU torch, and is created once in the
 * cache.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createHash } from 'node:crypto'
import { UserError } from '../../errors.ts'
import { checkPython, planVenv, type VenvPlan } from '../../environment/plan-environment.ts'
import { cacheFolder } from '../files/cache-folder.ts'
import { packageRoot } from '../package-root.ts'
import { observePython } from './python.ts'

/** Throws a UserError when there is no suitable Python. `lock` is a path like `python/locks/….txt`. */
export async function locateHelperEnvironment(lock: string): Promise<VenvPlan> {
  const python = await observePython()
  if (!python.ok) {
    const { found, expected, remedy } = checkPython(python)
    throw new UserError(`Expected ${expected}; found ${found}.`, { code: python.code, hint: remedy })
  }
  const hash = createHash('sha256').update(await readFile(join(packageRoot, lock)))
  const facts = {
    packageRoot,
    python,
    pythonFiles: { [lock]: hash.digest('hex') },
    machine: {
      os: process.platform === 'linux' || process.platform === 'win32' ? process.platform : 'other',
    },
  } as const
  const { key } = planVenv({ lock, backend: 'cpu', facts })
  return planVenv({ lock, backend: 'cpu', facts, folder: join(cacheFolder(), 'environments', key) })
}
