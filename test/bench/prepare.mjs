/** Runs the built `prepare` as people do, and measures it from outside. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const CLI = fileURLToPath(new URL('../../dist/start.cjs', import.meta.url))
const HOOK = new URL('usage-hook.mjs', import.meta.url).href

/** A working folder, and the config in it. `close` removes it. */
export function openProject(config) {
  const folder = mkdtempSync(join(tmpdir(), 'cnk-bench-'))
  const write = (changed) =>
    writeFileSync(join(folder, 'controlnet.yaml'), JSON.stringify({ version: 1, name: 'bench', ...changed }))
  write(config)
  return { folder, write, close: () => rmSync(folder, { recursive: true }) }
}

/**
 * One run of `prepare`: `seconds` from start to end, `stages` with the seconds of each, `cpuMs` of all threads, `busy` (the
 * share of all cores, 0-1), `maxRssMb`.
 */
export async function measurePrepare({ folder }, flags = []) {
  const usageFile = join(folder, 'usage.json')
  const stages = {}
  const started = performance.now()
  await new Promise((resolve, reject) => {
    const args = ['--import', HOOK, CLI, 'prepare', '--json', ...flags]
    const env = { ...process.env, CNK_BENCH_USAGE: usageFile }
    const child = spawn(process.execPath, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let out = ''
    let errors = ''
    child.stdout.on('data', (text) => (out += text))
    child.stderr.on('data', (text) => (errors += text))
    child.on('close', (code) => {
      for (const line of out.split('\n').filter((each) => each !== '')) {
        const event = JSON.parse(line)
        if (event.type === 'stage-finished') stages[event.stage] = event.seconds
      }
      if (code === 0) resolve()
      else reject(new Error(`prepare ended with ${code}: ${errors}${out.slice(-500)}`))
    })
  })
  const seconds = (performance.now() - started) / 1000
  const { cpuMs, maxRssMb } = JSON.parse(readFileSync(usageFile, 'utf8'))
  return { seconds, stages, cpuMs, maxRssMb, busy: cpuMs / 1000 / seconds / availableParallelism() }
}
