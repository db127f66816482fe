// A training that goes on without a terminal, looked after by the other commands: the real venv, accelerate and engine on the CPU.
import { mkdir, readdir, readFile, realpath, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { isHeld } from '../../src/tools/files/lock-holder.ts'
import { identify } from '../../src/tools/processes/process-tree.ts'
import type { RunRecord } from '../../src/tools/runs/run-folder.ts'
import { run, sh, start, temporaryFolder, untilPrinted } from '../cli/cli.ts'
import { writeSmallTraining } from './small-training.ts'

let project: string
beforeAll(async () => {
  project = await temporaryFolder()
  await writeSmallTraining(project, { steps: 400, checkpointEvery: 4 })
})
afterAll(() => rm(project, { recursive: true, force: true }))

const recordOf = async (folder: string) =>
  JSON.parse(await readFile(join(folder, 'run.json'), 'utf8')) as RunRecord
const latest = () => realpath(join(project, 'runs/latest'))

it('a failed check is told at once, and leaves no run', async () => {
  const { code, stderr } = await run(['train', '--detach', '--set', 'dataset.source.generated=1'], project)
  expect([code, stderr.split('\n')[0]]).toEqual([3, expect.stringContaining('✖')])
  await expect(readdir(join(project, 'runs'))).rejects.toThrow('ENOENT')
})

it('outlives the terminal, is looked at and stopped from below the project, and goes on detached', async () => {
  // The shell is gone when the command returns; a process group of its own is out of a terminal's reach.
  const begun = await sh('exec controlnet-kit train --detach', project)
  expect(begun.code, begun.stderr).toBe(0)
  const folder = await latest()
  const { attempts } = await recordOf(folder)
  const holder = attempts[0]!.process!
  expect(identify(holder.pid)?.group).toBe(holder.pid)
  const name = folder.slice(folder.lastIndexOf('/') + 1)
  expect(begun.stdout).toBe(
    [
      `Run:       runs/${name}/`,
      `Process:   ${holder.pid}; it goes on when this terminal is closed`,
      `Output:    runs/${name}/logs/detached-001.log`,
      'Next:      controlnet-kit status',
      '           controlnet-kit logs --follow',
      '           controlnet-kit stop\n',
    ].join('\n'),
  )
  const below = join(project, 'photos')
  await mkdir(below)
  const following = start(['logs', '-f'], below)
  await untilPrinted(following.child.stdout, 'checkpoint-4 saved')
  const busy = await run(['train', '--detach', '--again'], project)
  expect([busy.code, busy.stderr]).toEqual([
    10,
    expect.stringMatching(/^✖ .*is in use by controlnet-kit train.*\n→ Wait/),
  ])
  expect((await readdir(join(project, 'runs'))).filter((one) => one.startsWith('2'))).toEqual([name])

  const seen = JSON.parse((await run(['status', '--json'], below)).stdout) as Record<string, unknown>
  expect(seen).toMatchObject({ run: folder, status: 'running', pid: holder.pid, total: 400 })
  expect(seen['step']).toBeGreaterThanOrEqual(4)
  expect((await run(['stop'], below)).stdout).toMatch(/^Stopped\. Go on with: {2}controlnet-kit resume\n$/)
  expect(await isHeld(holder)).toBe(false)
  expect(await recordOf(folder)).toMatchObject({ status: 'stopped', exitReason: 'stopped' })
  expect(await readFile(join(folder, 'logs/detached-001.log'), 'utf8')).toContain('checkpoint-4 saved')

  const again = await run(['resume', '--detach', '--json'], below)
  expect(JSON.parse(again.stdout)).toMatchObject({
    v: 1,
    run: folder,
    log: join(folder, 'logs/detached-002.log'),
  })
  await untilPrinted(following.child.stdout, 'controlnet-kit 0.1.0 resume')
  await untilPrinted(following.child.stdout, 'going on from step')
  expect((await run(['stop', '--json'], below)).stdout).toBe(
    `${JSON.stringify({ v: 1, run: folder, status: 'stopped' })}\n`,
  )
  following.child.kill('SIGTERM')
}, 300_000)
