/** Run folders as a training leaves them, without the training. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Event, EventBody } from '../../src/events.ts'
import { describeSelf, type Holder } from '../../src/tools/files/lock-holder.ts'
import { readProcessStat } from '../../src/tools/processes/process-stat.ts'
import type { RunRecord } from '../../src/tools/runs/run-folder.ts'

export const RUN_ID = '20261122-101500-small-a1b2c3'
export const STARTED = '2026-11-22T09:15:00.000Z'

/** A process of this machine, as a run records it. */
export async function holderOf(pid: number): Promise<Holder> {
  const self = await describeSelf('controlnet-kit train')
  return { ...self, pid, startTicks: Number(readProcessStat(pid)!.startTicks) }
}

interface MadeRun {
  readonly process?: Holder
  readonly change?: Partial<RunRecord>
  readonly events?: readonly EventBody[]
  readonly metrics?: readonly { step: number; loss: number; seconds: number }[]
}

/** Makes a run in `<project>/runs` whose newest attempt runs, and gives its folder. */
export async function makeRunFolder(project: string, made: MadeRun = {}): Promise<string> {
  const folder = join(project, 'runs', RUN_ID)
  await mkdir(join(folder, 'logs'), { recursive: true })
  const attempt = {
    ...{ started: STARTED, ended: null, status: 'running' as const },
    ...(made.process && { process: made.process }),
  }
  const record: RunRecord = {
    ...{ v: 1, id: RUN_ID, name: 'small', kit_version: '0.1.0', status: 'running', exitReason: null },
    ...{ fingerprint: 'f', config_file: 'controlnet.yaml', working_directory: project },
    ...{ runs: join(project, 'runs'), set: [], attempts: [attempt], fingerprints: {} },
    ...made.change,
  }
  await writeFile(join(folder, 'run.json'), JSON.stringify(record))
  await writeFile(join(folder, 'plan.json'), JSON.stringify({ v: 1, training: { total_steps: 216 } }))
  await writeFile(join(folder, 'events.ndjson'), toLines((made.events ?? EVENTS).map(stamp)))
  const metrics = (made.metrics ?? METRICS).map((line) => ({ ...line, lr: 1e-5 }))
  await writeFile(join(folder, 'metrics.ndjson'), toLines(metrics))
  return folder
}

export const stamp = (body: EventBody, seq: number): Event => ({
  ...{ v: 1, time: new Date(Date.parse(STARTED) + seq * 1000).toISOString(), seq },
  ...body,
})

export const toLines = (all: readonly unknown[]): string =>
  all.map((one) => `${JSON.stringify(one)}\n`).join('')

const EVENTS: readonly EventBody[] = [
  { type: 'hello', kit_version: '0.1.0', command: 'train', name: 'small' },
  { type: 'stage-started', stage: 'train-controlnet' },
  ...[1, 2, 3].map((step) => ({ type: 'train-step' as const, step, total: 216, loss: 0.1, lr: 1e-5 })),
]
const METRICS = [1, 2, 3].map((step) => ({ step, loss: 0.1, seconds: step === 1 ? 9 : 0.5 }))
