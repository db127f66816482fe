// Builds when something changed since the last build. vitest calls it before tests (vitest.config.ts), since threads and commands
// are tested as they are built.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { hashFiles, listFiles } from './hash-files.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const MARK = join(root, 'build', '.ready')

export default function buildIfChanged() {
  const files = [
    'package-lock.json',
    'scripts/build.mjs',
    ...['scripts/build', 'src'].flatMap((folder) => listFiles(root, folder)),
  ]
  const key = hashFiles(root, files)
  const isBuilt = existsSync(join(root, 'dist/start.cjs')) && existsSync(MARK)
  if (isBuilt && readFileSync(MARK, 'utf8') === key) return
  console.error('Building …')
  execFileSync(process.execPath, [join(root, 'scripts', 'build.mjs')], { cwd: root, stdio: ['ignore', 2, 2] })
  writeFileSync(MARK, key)
}
