// A training that is ended from outside, one way after the other, each in the same run: the real venv, accelerate and engine on the CPU.
import { spawn } from 'node:child_process'
import { readFile, realpath, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { identify } from '../../src/tools/processes/process-tree.ts'
import type { RunRecord } from '../../src/tools/runs/run-folder.ts'
import { findUsersOf } from './training-processes.ts'
import { MAIN, run, SHELL_ENVIRONMENT, start, temporaryFolder, untilPrinted } from '../cli/cli.ts'
import { writeSmallTraining } from './small-training.ts'

const TIMEOUT_MS = 600_000

let project: string
beforeAll(async () => {
  project = await temporaryFolder()
  await writeSmallTraining(project, { steps: 5000, checkpointEvery: 2 })
})
afterAll(() => rm(project, { recursive: true, force: true }))

const record = async () =>
  JSON.parse(
    await readFile(join(await realpath(join(project, 'runs/latest')), 'run.json'), 'utf8'),
  ) as RunRecord

it('SIGTERM to the trainer alone, before the first checkpoint: 143', { timeout: TIMEOUT_MS }, async () => {
  const sets = ['--set', 'train.checkpointing_steps=4000']
  const training = start(['train', '--json', ...sets], project)
  await untilPrinted(training.child.stdout, '"train-step"')
  process.kill(findUsersOf(project).trainers[0]!, 'SIGTERM')
  const { code, stdout } = await training.ended
  expect([code, JSON.parse(stdout.trim().split('\n').at(-1)!)]).toMatchObject([
    143,
    { type: 'result', status: 'stopped', exitReason: 'signal' },
  ])
  expect(findUsersOf(project)).toEqual({ launchers: [], trainers: [] })
})

it('a closed terminal: 75, and nothing lives on', { timeout: TIMEOUT_MS }, async () => {
  // Python's pty opens a terminal whose end the kernel tells to those who run in it.
  const code = `
import os, pty, sys, time
pid, master = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
while not os.path.exists(sys.argv[-1] + '/runs/latest/output/checkpoint-2'):
    os.read(master, 4096)
os.close(master)
_, status = os.waitpid(pid, 0)
print(os.waitstatus_to_exitcode(status))`
  const child = spawn('python3', ['-c', code, process.execPath, MAIN, 'train', '--again', '-C', project], {
    env: SHELL_ENVIRONMENT,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let printed = ''
  child.stdout.on('data', (text: Buffer) => (printed += text.toString()))
  await new Promise((resolve) => child.on('close', resolve))
  expect(printed).toBe('75\n')
  expect(await record()).toMatchObject({ status: 'stopped', exitReason: 'stopped' })
  expect(findUsersOf(project)).toEqual({ launchers: [], trainers: [] })
})

it(
  'its time is over: 75 right after a checkpoint, and no more time than it was given',
  { timeout: TIMEOUT_MS },
  async () => {
    const started = Date.now()
    const { code, stderr } = await run(['resume', '--max-time', '75s'], project)
    expect([code, stderr]).toEqual([75, expect.stringMatching(/The time is (nearly )?over/)])
    expect(Date.now() - started).toBeLessThan(78_000)
    const tooShort = await run(['resume', '--max-time', '20s'], project)
    expect([tooShort.code, tooShort.stderr]).toEqual([
      3,
      expect.stringContaining('--max-time 20s, and the next checkpoint'),
    ])
  },
)

it('the kit killed: all of it dies, and the run counts as stopped', { timeout: TIMEOUT_MS }, async () => {
  const training = start(['resume', '--json'], project)
  await untilPrinted(training.child.stdout, '"train-step"')
  const { launchers, trainers } = findUsersOf(project)
  expect([launchers.length, trainers.length]).toEqual([1, 1])
  training.child.kill('SIGKILL')
  await training.ended
  await expect
    .poll(() => [...launchers, ...trainers].filter((pid) => identify(pid) !== null), { timeout: 5000 })
    .toEqual([])
  expect(JSON.parse((await run(['status', '--json'], project)).stdout)).toMatchObject({
    ...{ status: 'stopped', exitReason: 'stopped', pid: null },
  })
  expect(await record()).toMatchObject({ status: 'running' })
})
