import { fileURLToPath } from 'node:url'

/** The folder that the kit is installed in, with `python/`, `models/` and `configs/`: two above this file. */
export const packageRoot = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '')
