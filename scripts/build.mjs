// Builds dist/, the bundle that is published, and build/, the same modules one by one, which tests, benches and scripts import.
// Both from scratch, so that no file of an older build stays. `npm run types` checks the types.
import { chmodSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundle } from './build/bundle.mjs'
import { compileModules } from './build/compile-modules.mjs'
import { writeLicences } from './build/licences.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

for (const folder of ['dist', 'build']) rmSync(join(root, folder), { recursive: true, force: true })
const [files] = await Promise.all([bundle(root), compileModules(root)])
writeLicences(root, files)
chmodSync(join(root, 'dist/start.cjs'), 0o755)
