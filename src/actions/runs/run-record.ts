/** `run.json` over a run's life: one entry an attempt. */
import { basename } from 'node:path'
import type { ExitReason } from '../../errors.ts'
import { readRunRecord, writeRunRecord, type RunRecord } from '../../tools/runs/run-folder.ts'
import type { Plan } from '../../types.ts'

/** `20261122-101500-face-landmarks-a1b2c3`: local time, the config's name, the training's fingerprint. */
export function newRunId(plan: Plan, now: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`
  const time = `${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`
  return `${day}-${time}-${plan.name}-${trainingFingerprint(plan).slice(0, 6)}`
}

/** `set`: the overrides in force; a run that goes on keeps those that it recorded. */
export async function openAttempt(run: string, plan: Plan, set: readonly string[]): Promise<void> {
  const before = await readRunRecord(run)
  const attempt = { started: new Date().toISOString(), ended: null, status: 'running' as const }
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
    attempts: [...(before?.attempts ?? []), attempt],
    fingerprints: Object.fromEntries(plan.stages.map(({ name, fingerprint }) => [name, fingerprint])),
  })
}

export async function closeAttempt(
  run: string,
  status: RunRecord['status'],
  exitReason: ExitReason,
): Promise<void> {
  const record = await readRunRecord(run)
  const last = record?.attempts.at(-1)
  if (record === null || last === undefined) return
  const ended = { ...last, ended: new Date().toISOString(), status }
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
