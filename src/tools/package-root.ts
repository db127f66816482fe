import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * The folder that the kit is installed in, with `python/`, `models/` and `configs/`. It is two above this file, and above each
 * file of the bundle that this one may become a part of.
 */
export const packageRoot = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '')

/** The built file of what is started by its path: a thread (`x-worker`) or another process (`x-main`). */
export function programFile(name: `${string}-${'worker' | 'main'}`): string {
  return join(packageRoot, 'dist', 'programs', `${name}.js`)
}
