/** What a run is doing, from its files and its process. */
import type { ObservedRun, RunStatus } from '../../run-status.ts'
import { isElsewhere, isHeld } from '../../tools/files/lock-holder.ts'
import { findCheckpoints } from '../../tools/runs/checkpoint-files.ts'
import { readLastEvents, readLastMetrics } from '../../tools/runs/last-lines.ts'
import { usualStepSeconds, type MetricLine } from '../../tools/runs/metrics-file.ts'
import { readRunPlan, type RunRecord } from '../../tools/runs/run-folder.ts'
import { join } from 'node:path'
import type { FoundRun } from './find-run.ts'

export async function observeRun({ folder, record }: FoundRun): Promise<ObservedRun> {
  const attempt = record.attempts.at(-1)
  const holder = attempt?.process ?? null
  const runs = record.status === 'running' && holder !== null && (await isHeld(holder))
  const wasKilled = record.status === 'running' && !runs
  const [{ last, stage }, metrics, plan, checkpoints] = await Promise.all([
    readLastEvents(folder),
    readLastMetrics(folder),
    readRunPlan(folder),
    findCheckpoints(join(folder, 'output')),
  ])
  const checkpoint = checkpoints.filter(({ whole }) => whole).at(-1)?.step ?? null
  const total = plan?.training.total_steps ?? null
  return {
    status: {
      ...{ v: 1, run: folder, ...describeEnd(record, { wasKilled, checkpoint }), stage },
      ...{ pid: runs ? holder.pid : null, host: holder?.host ?? null },
      ...describeProgress(metrics, { total, trains: runs && stage === 'train-controlnet' }),
      ...{ checkpoint, attempts: record.attempts.length },
      ...{ started_at: record.attempts[0]?.started ?? null },
      updated_at: last?.time ?? attempt?.ended ?? attempt?.started ?? null,
    },
    name: record.name,
    wasKilled,
    isElsewhere: runs && isElsewhere(holder),
    problem: attempt?.problem ?? null,
  }
}

/** A run that was killed ended as a signal ends it: what it has saved can go on. */
function describeEnd(
  { status, exitReason }: RunRecord,
  { wasKilled, checkpoint }: { wasKilled: boolean; checkpoint: number | null },
): Pick<RunStatus, 'status' | 'exitReason'> {
  if (!wasKilled) return { status, exitReason }
  return { status: 'stopped', exitReason: checkpoint === null ? 'signal' : 'stopped' }
}

type Progress = Pick<RunStatus, 'step' | 'total' | 'loss' | 'steps_per_s' | 'eta_s'>

/** The rate is that of the usual step; a rate and an end are told only while it trains. */
function describeProgress(
  metrics: readonly MetricLine[],
  { total, trains }: { total: number | null; trains: boolean },
): Progress {
  const last = metrics.at(-1)
  const step = last?.step ?? null
  const usual = usualStepSeconds(metrics.slice(-STEPS_FOR_RATE))
  const isKnown = trains && usual !== null && usual > 0
  const left = total === null || step === null ? null : Math.max(0, total - step)
  return {
    ...{ step, total, loss: last?.loss ?? null },
    steps_per_s: isKnown ? round(1 / usual) : null,
    eta_s: isKnown && left !== null ? Math.round(left * usual) : null,
  }
}

const STEPS_FOR_RATE = 50

const round = (value: number): number => Number(value.toPrecision(3))
