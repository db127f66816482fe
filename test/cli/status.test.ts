// status, logs and stop on runs that were made by hand: their process is one that the test starts, or none.
import { spawn, type ChildProcess } from 'node:child_process'
import { appendFile, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { run, start, temporaryFolder, untilPrinted } from './cli.ts'
import { holderOf, makeRunFolder, RUN_ID, stamp, STARTED, toLines } from './run-folder.ts'

let project: string
const children: ChildProcess[] = []
beforeEach(async () => {
  project = await temporaryFolder()
})
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await rm(project, { recursive: true, force: true })
})

/** A process that waits; on SIGTERM it says so in the run's record, as the kit does. */
async function startProcess(code = 'setInterval(() => {}, 1000)') {
  const child = spawn(process.execPath, ['-e', `${code}; console.log('ready')`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  await untilPrinted(child.stdout.setEncoding('utf8'), 'ready')
  return { child, process: await holderOf(child.pid!) }
}

const statusOf = async (cwd = project, args: readonly string[] = []) => {
  const { code, stdout, stderr } = await run(['status', ...args, '--json'], cwd)
  expect(code, stderr).toBe(0)
  return JSON.parse(stdout) as Record<string, unknown>
}

describe('status', () => {
  it('tells what a run does, from any folder below the project', async () => {
    const { child, process } = await startProcess()
    const folder = await makeRunFolder(project, { process })
    const below = join(project, 'photos/inside')
    await mkdir(below, { recursive: true })
    expect(await statusOf(below)).toEqual({
      ...{ v: 1, run: folder, status: 'running', exitReason: null, stage: 'train-controlnet' },
      ...{ pid: child.pid, host: process.host, step: 3, total: 216, loss: 0.1, steps_per_s: 2, eta_s: 107 },
      ...{ checkpoint: null, attempts: 1, started_at: STARTED, updated_at: '2026-11-22T09:15:04.000Z' },
    })
    const { stdout } = await run(['status'], project)
    const lines = stdout.split('\n').filter((line) => !line.startsWith('Times'))
    expect(lines.map((line) => line.replace(/\(\w* ?\d\d:\d\d\)$/, '(11:02)'))).toEqual([
      'small',
      `Run          runs/${RUN_ID}/`,
      `State        running, process ${child.pid}, train controlnet`,
      'Step         3 of 216 (1 %)   loss 0.100   2.0 steps/s   1 min 47 s left (11:02)',
      'Checkpoint   none yet',
      'Next         controlnet-kit logs --follow',
      '             controlnet-kit stop',
      '',
    ])
  })

  it.each([
    ['another process has its number now', { startTicks: 1 }],
    ['the machine was restarted since', { bootId: '00000000-0000-0000-0000-000000000000' }],
  ])('a run counts as stopped when %s', async (_, change) => {
    const { process } = await startProcess()
    await makeRunFolder(project, { process: { ...process, ...change } })
    const gone = { status: 'stopped', exitReason: 'signal', pid: null, eta_s: null, steps_per_s: null }
    expect(await statusOf()).toMatchObject(gone)
    expect((await run(['status'], project)).stdout).toContain(
      'State        killed: its process is gone, or the machine was restarted, train controlnet\n',
    )
  })

  it('so does one whose process has ended and was not asked how', async () => {
    const parent = spawn('sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 600'], { stdio: 'pipe' })
    children.push(parent)
    const pid = await new Promise<number>((resolve) =>
      parent.stdout.once('data', (text: Buffer) => resolve(Number(text.toString()))),
    )
    await sleep(300)
    const process = await holderOf(pid)
    await makeRunFolder(project, { process })
    expect(await statusOf()).toMatchObject({ status: 'stopped', pid: null })
  })

  it('a run of another machine is told by its name', async () => {
    const { process } = await startProcess()
    await makeRunFolder(project, { process: { ...process, host: 'gpu-box' } })
    expect(await statusOf()).toMatchObject({ status: 'running', host: 'gpu-box' })
    expect((await run(['status'], project)).stdout).toContain('running on gpu-box, train controlnet\n')
    const stopped = await run(['stop'], project)
    expect([stopped.code, stopped.stderr.split('\n')[0]]).toEqual([
      3,
      `✖ ${RUN_ID} runs on gpu-box: a process there can't be stopped from here.`,
    ])
  })

  it('a run that failed says why', async () => {
    const attempt = {
      started: STARTED,
      ended: STARTED,
      status: 'failed',
      problem: 'The disk is full.',
    } as const
    await makeRunFolder(project, {
      change: { status: 'failed', exitReason: 'training', attempts: [attempt] },
    })
    expect(await statusOf()).toMatchObject({ status: 'failed', exitReason: 'training' })
    expect((await run(['status'], project)).stdout).toContain(
      'State        failed (training)\nProblem      The disk is full.\n',
    )
  })

  it('no run: exit 3', async () => {
    const { code, stderr } = await run(['status'], project)
    expect([code, stderr]).toEqual([
      3,
      '✖ There is no run here: looked in runs/ and ../runs/ and above.\n→ If it lies elsewhere, name its folder: controlnet-kit status RUN\n',
    ])
  })
})

describe('stop', () => {
  it('ends when the process has, and tells what its record says', async () => {
    const folder = join(project, 'runs', RUN_ID)
    const { process } = await startProcess(`
      const { readFileSync, writeFileSync } = require('fs')
      const file = ${JSON.stringify(join(folder, 'run.json'))}
      process.on('SIGTERM', () => setTimeout(() => {
        writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file)), status: 'stopped', exitReason: 'stopped' }))
        process.exit(75)
      }, 300))
      setInterval(() => {}, 1000)`)
    await makeRunFolder(project, { process })
    const stopped = await run(['stop', '--json'], project)
    expect([stopped.code, JSON.parse(stopped.stdout)]).toEqual([0, { v: 1, run: folder, status: 'stopped' }])
    const again = await run(['stop'], project)
    expect(again.stdout).toBe(
      'It is not running: it was stopped. There is no whole checkpoint yet: it starts from step 0. Go on with:  controlnet-kit resume\n',
    )
  })

  it('never signals a process that only has the number of the run', async () => {
    const { child, process } = await startProcess()
    await makeRunFolder(project, { process: { ...process, startTicks: 1 } })
    const { code, stdout } = await run(['stop'], project)
    expect([code, stdout.split('.')[0]]).toEqual([0, 'It is not running: it was killed'])
    expect(child.exitCode ?? child.signalCode).toBeNull()
  })
})

describe('logs', () => {
  const second = [
    { type: 'hello', kit_version: '0.1.0', command: 'resume', name: 'small' },
    { type: 'stage-skipped', stage: 'write-dataset', reason: 'unchanged' },
    { type: 'warning', code: 'x', message: 'Slow.' },
  ] as const
  const untimed = (text: string): string => text.replace(/^\d\d:\d\d:\d\d /gm, '')

  it('shows the newest attempt', async () => {
    const folder = await makeRunFolder(project)
    await appendFile(join(folder, 'events.ndjson'), toLines(second.map(stamp)))
    const { code, stdout } = await run(['logs'], project)
    expect([code, untimed(stdout)]).toEqual([
      0,
      'controlnet-kit 0.1.0 resume small\nwrite-dataset  unchanged\nwarning: Slow.\n',
    ])
    const json = await run(['logs', '--json'], project)
    expect(json.stdout).toBe(toLines(second.map(stamp)))
  })

  it('follows a run over its attempts until it is done', async () => {
    const folder = await makeRunFolder(project, { events: [second[0]] })
    const following = start(['logs', '-f'], project)
    await untilPrinted(following.child.stdout, 'resume small')
    const text = toLines(second.map(stamp))
    await appendFile(join(folder, 'events.ndjson'), text.slice(0, 200))
    await appendFile(join(folder, 'events.ndjson'), text.slice(200))
    await untilPrinted(following.child.stdout, 'Slow.')
    await makeRunFolder(project, { change: { status: 'done', exitReason: 'done' }, events: [] })
    await writeFile(join(folder, 'events.ndjson'), toLines([second[0], ...second].map(stamp)))
    const { code, stdout } = await following.ended
    expect([code, untimed(stdout)]).toEqual([
      0,
      `${'controlnet-kit 0.1.0 resume small\n'.repeat(2)}write-dataset  unchanged\nwarning: Slow.\n`,
    ])
  })

  it('ends when nobody reads any more', async () => {
    const folder = await makeRunFolder(project, { events: [second[0]] })
    const following = start(['logs', '-f'], project)
    await untilPrinted(following.child.stdout, 'resume small')
    following.child.stdout!.destroy()
    await appendFile(join(folder, 'events.ndjson'), toLines(second.map(stamp)))
    expect((await following.ended).code).toBe(0)
  })

  it('shows what the trainer printed, also in later attempts, without control characters and workflow commands', async () => {
    const folder = await makeRunFolder(project)
    await writeFile(join(folder, 'logs/attempt-001.stderr.log'), 'first\n')
    await writeFile(join(folder, 'logs/attempt-002.stderr.log'), 'second \u001b[31mred\n')
    const following = start(['logs', '-f', '--trainer'], project)
    await untilPrinted(following.child.stdout, 'second red\n')
    await writeFile(join(folder, 'logs/attempt-003.stdout.log'), 'third\n::error::no ##[error]no\n')
    await untilPrinted(following.child.stdout, ']no')
    await makeRunFolder(project, { change: { status: 'done' } })
    expect((await following.ended).stdout).toBe('second red\nthird\n: :error::no # #[error]no\n')
  })
})
