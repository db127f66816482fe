/** Run folders: `runs/<time>-<name>-<hash>/` with `run.json`, and the link `latest`. */
import { copyFile, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { ExitReason } from '../../errors.ts'
import type { Event } from '../../events.ts'
import type { Plan, RunFact, StampFact } from '../../types.ts'
import { appendLine } from '../files/append-line.ts'
import { makeFolder, writeFileAtomic } from '../files/atomic-write.ts'
import { findCheckpoints } from './checkpoint-files.ts'
import type { Holder } from '../files/lock-holder.ts'
import { readStamp } from '../files/stamps.ts'

/** One execution of a run. */
export interface Attempt {
  readonly started: string
  readonly ended: string | null
  readonly status: RunFact['status']
  /** The process that carries it out. Absent in runs of version 0.1.0. */
  readonly process?: Holder
  /** What a person was told when it failed. */
  readonly problem?: string
}

/** `run.json`. */
export interface RunRecord {
  readonly v: 1
  readonly id: string
  readonly name: string
  readonly kit_version: string
  readonly status: RunFact['status']
  readonly exitReason: ExitReason | null
  readonly fingerprint: string
  readonly config_file: string | null
  /** Absolute: relative paths of the config start there. */
  readonly working_directory: string
  /** Absolute: the folder of the run folders when the run started. Absent in runs of version 0.1.0. */
  readonly runs?: string
  /** Overrides of the config, as `a.b=value`. Absent in runs of version 0.1.0. */
  readonly set?: readonly string[]
  readonly attempts: readonly Attempt[]
  readonly fingerprints: Readonly<Record<string, string>>
}

export async function readRunRecord(folder: string): Promise<RunRecord | null> {
  try {
    const record = JSON.parse(await readFile(join(folder, 'run.json'), 'utf8')) as RunRecord
    return record.v === 1 ? record : null
  } catch {
    return null
  }
}

export async function writeRunRecord(folder: string, record: RunRecord): Promise<void> {
  await writeFileAtomic(join(folder, 'run.json'), `${JSON.stringify(record, null, 2)}\n`)
}

/** Writes what tells the run apart: the config as given and as resolved, and the plan. */
export async function writeRunInputs(folder: string, plan: Plan): Promise<void> {
  await makeFolder(folder)
  if (plan.config_file !== null)
    await copyFile(plan.config_file, join(folder, 'config.yaml')).catch(() => undefined)
  await writeRunSettings(folder, plan)
}

/** The config in force, and the plan that was made from it. */
export async function writeRunSettings(folder: string, plan: Plan): Promise<void> {
  await writeFileAtomic(join(folder, 'config.resolved.json'), `${JSON.stringify(plan.config, null, 2)}\n`)
  await writeRunPlan(folder, plan)
}

/** The plan that a run was started with, as settled; null when it is missing or none. */
export async function readRunPlan(folder: string): Promise<Plan | null> {
  try {
    const plan = JSON.parse(await readFile(join(folder, 'plan.json'), 'utf8')) as Plan
    return plan.v === 1 ? plan : null
  } catch {
    return null
  }
}

/** The resolved config that a run was started with. Throws where it can't be read. */
export async function readRunConfig(folder: string): Promise<unknown> {
  return JSON.parse(await readFile(join(folder, 'config.resolved.json'), 'utf8'))
}

export async function writeRunPlan(folder: string, plan: Plan): Promise<void> {
  await writeFileAtomic(join(folder, 'plan.json'), `${JSON.stringify(plan, null, 2)}\n`)
}

/** Throws a UserError where the disk is full. */
export function appendEvent(folder: string, event: Event): void {
  appendLine(join(folder, 'events.ndjson'), event)
}

/** Points `latest` at a run; a system without links goes without. */
export async function linkLatest(folder: string): Promise<void> {
  const link = join(folder, '..', 'latest')
  const next = `${link}.${process.pid}`
  await symlink(basename(folder), next)
    .then(() => rename(next, link))
    .catch(() => rm(next, { force: true }))
}

/** Folders with a `run.json` that can't be read: what they hold is not known any more. */
export async function observeDamagedRuns(runs: string): Promise<string[]> {
  const names = (await readdir(runs).catch(() => [])).filter((entry) => entry !== 'latest').sort()
  const damaged: string[] = []
  for (const folder of names.map((name) => join(runs, name))) {
    const there = await stat(join(folder, 'run.json')).catch(() => null)
    if (there !== null && (await readRunRecord(folder)) === null) damaged.push(folder)
  }
  return damaged
}

/** Runs of a name, newest first, with the stamps of `stampNames` (`train-controlnet.json`). */
export async function observeRuns(
  runs: string,
  name: string,
  stampNames: readonly string[],
): Promise<RunFact[]> {
  const names = (await readdir(runs).catch(() => []))
    .filter((entry) => entry !== 'latest')
    .sort()
    .reverse()
  const facts = await Promise.all(names.map((entry) => observeRun(join(runs, entry), name, stampNames)))
  return facts.filter((fact) => fact !== null)
}

async function observeRun(
  folder: string,
  name: string,
  stampNames: readonly string[],
): Promise<RunFact | null> {
  if (!(await stat(folder).catch(() => null))?.isDirectory()) return null
  const record = await readRunRecord(folder)
  if (record === null || record.name !== name) return null
  const stamps: Record<string, StampFact> = {}
  for (const stampName of stampNames) {
    const found = await readStamp(join(folder, stampName))
    if (found !== null) stamps[`{run}/${stampName}`] = found
  }
  const found = await findCheckpoints(join(folder, 'output')).catch(() => [])
  const whole = found.filter((checkpoint) => checkpoint.whole).map(({ step }) => step)
  const checkpoint = whole.length === 0 ? null : Math.max(...whole)
  const settings = (await readRunPlan(folder))?.training.settings ?? null
  const { id, status, fingerprint } = record
  const checkpoints = whole.length
  return { id, folder, status, fingerprint, settings, checkpoint, checkpoints, stamps }
}
