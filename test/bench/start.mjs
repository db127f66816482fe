import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { photoPng } from './photo.mjs'

const CLI = fileURLToPath(new URL('../../dist/start.cjs', import.meta.url))
const PICTURES = 8

/** Each command is started so often, in turn with a Node that does nothing: a shared machine changes its speed. */
const ROUNDS = 15

/** How long the commands take that a person waits for, against Node itself. Medians. */
export async function benchStart() {
  const folder = await makeProject()
  const commands = { bare: ['-e', '0'], help: [CLI, '--help'], plan: [CLI, 'plan'] }
  const rounds = []
  for (let round = 0; round <= ROUNDS; round++)
    rounds.push(
      Object.fromEntries(Object.entries(commands).map(([name, args]) => [name, timeMs(args, folder)])),
    )
  rmSync(folder, { recursive: true })
  // The first round finds nothing in the caches.
  const median = (read) =>
    rounds
      .slice(1)
      .map(read)
      .sort((a, b) => a - b)[Math.floor(ROUNDS / 2)]
  return [
    { what: 'node -e 0', value: median(({ bare }) => bare), unit: 'ms' },
    {
      what: '  --help against it',
      value: median(({ bare, help }) => help / bare),
      unit: 'times',
      atMost: 1.5,
    },
    {
      what: '  plan of a small folder against it',
      value: median(({ bare, plan }) => plan / bare),
      unit: 'times',
      atMost: 6,
    },
  ]
}

async function makeProject() {
  const folder = mkdtempSync(join(tmpdir(), 'cnk-bench-start-'))
  execFileSync(process.execPath, [CLI, 'init', folder], { stdio: 'ignore' })
  const photos = join(folder, 'photos')
  mkdirSync(photos)
  const photo = await photoPng()
  for (let index = 0; index < PICTURES; index++) writeFileSync(join(photos, `${index}.png`), photo)
  return folder
}

function timeMs(args, cwd) {
  const start = performance.now()
  execFileSync(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'ignore'] })
  return performance.now() - start
}
