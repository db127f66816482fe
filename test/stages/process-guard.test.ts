/** What happens to programs when the kit is killed and can't stop them itself. */
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { packageRoot } from '../../src/tools/package-root.ts'
import { runCommand } from '../../src/tools/processes/process.ts'
import { identify } from '../../src/tools/processes/process-tree.ts'

let folder: string
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'cnk-guard-')))
})
afterEach(async () => {
  for (const pid of living(started)) process.kill(pid, 'SIGKILL')
  await rm(folder, { recursive: true })
})

/** Programs of the tests. */
const started: number[] = []

/** Reads no stdin and closes nothing; a child in its group, one in a session of its own; all ignore SIGTERM and SIGHUP. */
const HEEDLESS = `
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
signal.signal(signal.SIGHUP, signal.SIG_IGN)
for session in (False, True):
    if os.fork() == 0:
        if session: os.setsid()
        break
os.write(1, b'pid %d\\n' % os.getpid())
time.sleep(600)
`

const PROCESS = join(packageRoot, 'build/tools/processes/process.js')

/** A kit that runs the program, and passes on what it says; `stops`: once all have said their pid, it stops them. */
async function writeKit(stops: boolean): Promise<string> {
  const kit = join(folder, 'kit.mjs')
  const command = { file: 'python3', args: ['-c', HEEDLESS], env: {}, cwd: folder }
  await writeFile(
    kit,
    `import { runCommand } from ${JSON.stringify(PROCESS)}
async function* input() { yield 'a line\\n'; await new Promise(() => setInterval(() => {}, 1000)) }
const abort = new AbortController()
let said = ''
await runCommand(${JSON.stringify(command)}, {
  signal: abort.signal, isOwnProgram: true, graceMs: 60_000, input: input(),
  onStdout: (text) => {
    process.stdout.write(text)
    said += text
    if (${stops} && said.split('\\n').length > 3) abort.abort()
  } })`,
  )
  return kit
}

interface Kit {
  kill(): void
  readonly programs: readonly number[]
}

/** Once `count` programs have told their pid. */
async function startKit(file: string, count: number): Promise<Kit> {
  const kit = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  const pids = (): number[] => [...said.matchAll(/pid (\d+)\n/g)].map((match) => Number(match[1]))
  kit.stdout.on('data', (text: Buffer) => (said += text.toString()))
  while (pids().length < count) await sleep(20)
  started.push(...pids())
  return { kill: () => void kit.kill('SIGKILL'), programs: pids() }
}

const living = (pids: readonly number[]): number[] => pids.filter((pid) => identify(pid) !== null)

async function untilGone(pids: readonly number[]): Promise<void> {
  for (let waited = 0; living(pids).length > 0 && waited < 10_000; waited += 50) await sleep(50)
}

test.each<[string, boolean]>([
  ['while its program works', false],
  ['before it was done with stopping it', true],
])('the kit is killed %s: nothing of it lives on', { timeout: 30_000 }, async (_when, stops) => {
  const kit = await startKit(await writeKit(stops), 3)
  await sleep(300)
  expect(living(kit.programs)).toEqual(kit.programs)
  kit.kill()
  await untilGone(kit.programs)
  expect(living(kit.programs)).toEqual([])
})

test('a program that ended is not guarded any more, nor one that could not be started', async () => {
  const signal = new AbortController().signal
  const command = { file: 'true', args: [], env: {}, cwd: folder }
  await runCommand(command, { signal, isOwnProgram: true })
  const missing = { ...command, file: join(folder, 'missing') }
  await expect(runCommand(missing, { signal, isOwnProgram: true })).rejects.toThrow('no such program')
  for (let waited = 0; findGuards().length > 0 && waited < 5000; waited += 50) await sleep(50)
  expect(findGuards()).toEqual([])
})

/** Of this process; only where there is a /proc. */
function findGuards(): number[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => readOrEmpty(`/proc/${pid}/cmdline`).includes('process-guard-main.js'))
    .filter((pid) => new RegExp(`^PPid:\\s+${process.pid}$`, 'm').test(readOrEmpty(`/proc/${pid}/status`)))
    .map(Number)
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
