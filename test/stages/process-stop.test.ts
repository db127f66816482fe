import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { killNow, runCommand } from '../../src/tools/processes/process.ts'
import { collectPids, never, stubbornTree, useScratch } from './process-programs.ts'

const scratch = useScratch()
const { node, python } = scratch

describe('a program that is stopped', () => {
  it('gets SIGTERM first and may end in peace', async () => {
    const abort = new AbortController()
    const code = `
import os, signal, time
def bye(*_):
    os.write(1, b'bye\\n'); os._exit(3)
signal.signal(signal.SIGTERM, bye)
os.write(1, b'ready\\n')
time.sleep(600)`
    let out = ''
    const result = await runCommand(python(code), {
      signal: abort.signal,
      onStdout: (text) => {
        out += text
        if (text.includes('ready')) abort.abort()
      },
    })
    expect(result).toEqual({ exitCode: 3, signal: null, stopped: true, killed: 0 })
    expect(out).toBe('ready\nbye\n')
  })

  it('leaves nothing alive: own sessions, grandchildren, ignored SIGTERM', async () => {
    const abort = new AbortController()
    const pids = collectPids(4, () => abort.abort())
    const started = performance.now()
    const result = await runCommand(python(stubbornTree), {
      signal: abort.signal,
      graceMs: 400,
      onStdout: pids.take,
    })
    expect(result).toEqual({ exitCode: null, signal: 'SIGTERM', stopped: true, killed: 3 })
    expect(pids.list()).toHaveLength(4)
    expect(pids.living()).toEqual([])
    expect(performance.now() - started).toBeGreaterThan(400)
  })

  it('is given less time under GitHub Actions, whose runner kills after ten seconds', async () => {
    vi.stubEnv('GITHUB_ACTIONS', 'true')
    const abort = new AbortController()
    const pids = collectPids(4, () => abort.abort())
    let stoppedAtMs = 0
    abort.signal.addEventListener('abort', () => (stoppedAtMs = performance.now()))
    await runCommand(python(stubbornTree), { signal: abort.signal, onStdout: pids.take })
    const tookMs = performance.now() - stoppedAtMs
    expect(tookMs).toBeGreaterThan(5_900)
    expect(tookMs).toBeLessThan(9_900)
    expect(pids.living()).toEqual([])
    vi.unstubAllEnvs()
  })

  it('is killed at once by a second request', async () => {
    const abort = new AbortController()
    const pids = collectPids(4, () => {
      abort.abort()
      setTimeout(killNow, 50)
    })
    const started = performance.now()
    const result = await runCommand(python(stubbornTree), {
      signal: abort.signal,
      graceMs: 60_000,
      onStdout: pids.take,
    })
    expect(result.stopped).toBe(true)
    expect(pids.living()).toEqual([])
    expect(performance.now() - started).toBeLessThan(10_000)
  })

  it("is killed at once when the reason is 'now'", async () => {
    const abort = new AbortController()
    const pids = collectPids(4, () => abort.abort('now'))
    const result = await runCommand(python(stubbornTree), {
      signal: abort.signal,
      graceMs: 60_000,
      onStdout: pids.take,
    })
    expect(result).toEqual({ exitCode: null, signal: 'SIGKILL', stopped: true, killed: 0 })
    expect(pids.living()).toEqual([])
  })

  it('is never started when the request came before', async () => {
    const abort = new AbortController()
    abort.abort()
    const result = await runCommand(node(`require('fs').writeFileSync('made', '')`), { signal: abort.signal })
    expect(result).toEqual({ exitCode: null, signal: null, stopped: true, killed: 0 })
    expect(() => readFileSync(join(scratch.folder, 'made'))).toThrow()
  })

  it('ends when a callback throws, with that error', async () => {
    const pids = collectPids()
    const run = runCommand(python(stubbornTree), {
      signal: never(),
      graceMs: 100,
      onStdout: (text) => {
        pids.take(text)
        throw new Error('full disk')
      },
    })
    await expect(run).rejects.toThrow('full disk')
    expect(pids.living()).toEqual([])
  })

  it('takes its children along when the kit itself exits', async () => {
    const code = `
      import { runCommand } from ${JSON.stringify(join(import.meta.dirname, '../../build/tools/processes/process.js'))}
      let seen = ''
      runCommand(${JSON.stringify(python(stubbornTree))}, {
        signal: new AbortController().signal,
        onStdout: (text) => {
          process.stdout.write(text)
          seen += text
          if (seen.split('\\n').length > 4) setTimeout(() => process.exit(5), 100)
        },
      })`
    const pids = collectPids()
    const result = await runCommand(
      { file: process.execPath, args: ['--input-type=module', '-e', code], env: {}, cwd: scratch.folder },
      { signal: never(), onStdout: pids.take },
    )
    expect(result.exitCode).toBe(5)
    expect(pids.list()).toHaveLength(4)
    await sleep(100)
    expect(pids.living()).toEqual([])
  })
})
