/** `run.json` over a run's life: one entry an attempt. */
import { stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { ExitReason } from '../../errors.ts'
import { describeSelf } from '../../tools/files/lock-holder.ts'
import { readRunRecord, writeRunRecord, type Attempt, type RunRecord } from '../../tools/runs/run-folder.ts'
import type { Plan } from '../../types.ts'

/** `20261122-101500-face-landmarks-a1b2c3`: local time, the config's name, the training's fingerprint. */
export function newRunId(plan: Plan, now: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`
  const time = `${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`
  return `${day}-${time}-${plan.name}-${trainingFingerprint(plan).slice(0, 6)}`
}

interface AttemptStart {
  readonly plan: Plan
  /** The overrides in force; a run that goes on keeps those that it recorded. */
  readonly set: readonly string[]
  /** `train`, `resume` */
  readonly command: string
}

export async function openAttempt(run: string, { plan, set, command }: AttemptStart): Promise<void> {
  const before = await readRunRecord(run)
  const attempt: Attempt = {
    ...{ started: new Date().toISOString(), ended: null, status: 'running' },
    process: await describeSelf(`controlnet-kit ${command}`),
  }
  await writeRunRecord(run, {
    v: 1,
    id: basename(run),
    name: plan.name,
    kit_version: plan.kit_version,
    status: 'running',
    exitReason: null,
    fingerprint: trainingFingerprint(plan),
    config_file: plan.config_file,
    working_directory: process.cwd(),
    runs: plan.paths.runs,
    set,
    attempts: [...(await closeKilled(run, before?.attempts ?? [])), attempt],
    fingerprints: Object.fromEntries(plan.stages.map(({ name, fingerprint }) => [name, fingerprint])),
  })
}

/** An attempt that still counts as running was killed: whoever goes on with the run holds its lock. */
async function closeKilled(run: string, attempts: readonly Attempt[]): Promise<readonly Attempt[]> {
  const last = attempts.at(-1)
  if (last?.status !== 'running') return attempts
  const seen = await stat(join(run, 'events.ndjson')).catch(() => null)
  const ended = seen?.mtime.toISOString() ?? last.started
  return [...attempts.slice(0, -1), { ...last, ended, status: 'stopped' }]
}

interface AttemptEnd {
  readonly status: RunRecord['status']
  readonly exitReason: ExitReason
  /** What the person is told, when it failed. */
  readonly problem?: string
}

export async function closeAttempt(run: string, { status, exitReason, ...rest }: AttemptEnd): Promise<void> {
  const record = await readRunRecord(run)
  const last = record?.attempts.at(-1)
  if (record === null || last === undefined) return
  const ended = { ...last, ended: new Date().toISOString(), status, ...rest }
  await writeRunRecord(run, {
    ...record,
    status,
    exitReason,
    attempts: [...record.attempts.slice(0, -1), ended],
  })
}

function trainingFingerprint(plan: Plan): string {
  return plan.stages.find(({ name }) => name === 'train-controlnet')?.fingerprint ?? 'none'
}
