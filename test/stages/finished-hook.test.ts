import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { identify } from '../../src/tools/processes/process-tree.ts'
import { runFinishedHook, type FinishedResult } from '../../src/actions/runs/finished-hook.ts'

let run: string
beforeEach(() => {
  run = realpathSync(mkdtempSync(join(tmpdir(), 'cnk-hook-')))
  mkdirSync(join(run, 'logs'))
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(run, { recursive: true })
})

const result = (): FinishedResult => ({
  ...{ v: 1, name: 'small', run, status: 'done', exitReason: 'done', problem: null },
  ...{ model: join(run, 'model'), final_step: 216, checkpoint: 216 },
})
const node = (code: string): string[] => [process.execPath, '-e', code]
const readLog = (): string => readFileSync(join(run, 'logs/hook.log'), 'utf8')

describe('hooks.finished', () => {
  it('without one nothing is started', async () => {
    expect(await runFinishedHook({ hook: null, result: result() })).toBeNull()
  })

  it('reads the result from stdin, and sees no secrets', async () => {
    vi.stubEnv('HF_TOKEN', 'hf_secret')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret')
    const code = `process.stdin.pipe(process.stdout); console.log(process.env.HF_TOKEN, process.env.AWS_SECRET_ACCESS_KEY)`
    expect(await runFinishedHook({ hook: node(code), result: result() })).toBeNull()
    const [first, second] = readLog().split('\n')
    expect([first, JSON.parse(second!)]).toEqual(['undefined undefined', { ...result(), host: hostname() }])
  })

  it.each([
    [node('process.exit(3)'), 'it ended with exit code 3'],
    [node('process.kill(process.pid, "SIGKILL")'), 'it was ended by SIGKILL'],
    ['/nowhere/notify', "Can't start /nowhere/notify: there is no such program."],
  ])('its failure is told: %j', async (hook, problem) => {
    expect(await runFinishedHook({ hook, result: result() })).toBe(problem)
  })

  it('it is ended when it takes too long, with what it started', async () => {
    const code = `
      const { spawn } = require('child_process')
      console.log('child', spawn('sleep', ['600'], { detached: true }).pid)
      setInterval(() => {}, 1000)`
    const problem = await runFinishedHook({ hook: node(code), result: result(), timeoutMs: 1500 })
    expect(problem).toBe('it did not end within 1.5 seconds')
    const [, pid] = /child (\d+)/.exec(readLog())!
    expect(identify(Number(pid))).toBeNull()
  })
})
