// Two training processes on the CPU (gloo), started by the kit's own stage: the batch that they report, and what is left when one is killed.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { trainControlnet } from '../../src/stages/train-controlnet/train-controlnet.ts'
import { readProcFile } from '../../src/tools/processes/process-stat.ts'
import { makeInputs, makeRun } from './hand-made-run.ts'
import { findUsersOf } from './training-processes.ts'
import { venvPython } from './venv.ts'

const TIMEOUT_MS = 400_000
const END_MS = 15_000
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'cnk-two-')))
const python = venvPython()
const builtin = { engine: 'builtin', learning_rate: 1e-4 }

beforeAll(() => makeInputs(folder, python), TIMEOUT_MS)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('train together with twice the batch, to a whole model', { timeout: TIMEOUT_MS }, async () => {
  const options = { python, train: builtin, steps: 4, checkpointEvery: 2, processes: 2 }
  const run = makeRun(folder, { ...options, name: 'two' })
  const context = run.context(trainControlnet)
  // The watch stops a training whose processes or effective batch are not those of the plan.
  expect(context.plan.training).toMatchObject({ effective_batch: 4, settings: { num_processes: 2 } })
  expect((await trainControlnet.run(context)).line).toMatch(/^4 steps, loss \d/)
  const steps = run.events.flatMap((event) => (event.type === 'train-step' ? [event.step] : []))
  expect(steps).toEqual([1, 2, 3, 4])
})

it('end within 15 s when one of them is killed, with a verdict', { timeout: TIMEOUT_MS }, async () => {
  const options = { python, train: builtin, steps: 100_000, checkpointEvery: 50_000, processes: 2 }
  const run = makeRun(folder, { ...options, name: 'killed' })
  const context = run.context(trainControlnet)
  let killedAtMs = 0
  const report = (event: Parameters<typeof context.report>[0]): void => {
    context.report(event)
    if (event.type !== 'train-step' || killedAtMs !== 0) return
    killedAtMs = Date.now()
    process.kill(ofRank('1'), 'SIGKILL')
  }
  const ended = trainControlnet.run({ ...context, report })
  await expect(ended).rejects.toMatchObject({ code: 'trainer-killed' })
  expect(Date.now() - killedAtMs).toBeLessThan(END_MS)
  expect(findUsersOf(folder)).toEqual({ launchers: [], trainers: [] })
})

const ofRank = (rank: string): number =>
  findUsersOf(folder).trainers.find((pid) => readProcFile(pid, 'environ')?.includes(`\0RANK=${rank}\0`))!
