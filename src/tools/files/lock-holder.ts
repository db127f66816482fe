/**
 * Describes the holder of a lock by host, boot, process id and process start time, so that a dead holder is told apart from a
 * living one.
 */
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { hostname, uptime } from 'node:os'
import { hasEnded, hasProcess, readProcessStat } from '../processes/process-stat.ts'

export interface Holder {
  readonly token: string
  readonly pid: number
  /** Process start in clock ticks since boot; null when the system does not provide it. */
  readonly startTicks: number | null
  readonly bootId: string | null
  readonly host: string
  readonly since: string
  readonly purpose: string
}

export async function describeSelf(purpose: string): Promise<Holder> {
  const startTicks = readStartTicks(process.pid)
  const bootId = await readBootId()
  const since = new Date().toISOString()
  return { token: randomUUID(), pid: process.pid, startTicks, bootId, host: hostname(), since, purpose }
}

/** Returns true when the holder is on another machine, whose processes can't be checked from here. */
export function isElsewhere({ host }: Pick<Holder, 'host'>): boolean {
  return host !== hostname()
}

/** Returns true when the holder's process is alive. A holder on another machine can't be checked, and counts as alive. */
export async function isHeld(holder: Holder): Promise<boolean> {
  if (isElsewhere(holder)) return true
  const bootId = await readBootId()
  if (holder.bootId !== null && bootId !== null) {
    if (holder.bootId !== bootId) return false
  } else if (Date.parse(holder.since) < Date.now() - uptime() * 1000 - 60_000) {
    return false
  }
  if (!hasProcess(holder.pid) || hasEnded(holder.pid)) return false
  const startTicks = readStartTicks(holder.pid)
  return holder.startTicks === null || startTicks === null || holder.startTicks === startTicks
}

/** Returns null unless the text is a complete description of a holder. */
export function parseHolder(text: string): Holder | null {
  try {
    const value: unknown = JSON.parse(text)
    const complete = typeof value === 'object' && value !== null && 'pid' in value && 'host' in value
    return complete ? (value as Holder) : null
  } catch {
    return null
  }
}

export function describeHolder(holder: Holder): string {
  const place = isElsewhere(holder) ? ` on ${holder.host}` : ''
  return `${holder.purpose} (process ${holder.pid}${place}, since ${holder.since})`
}

function readStartTicks(pid: number): number | null {
  const ticks = readProcessStat(pid)?.startTicks
  return ticks === undefined ? null : Number(ticks)
}

async function readBootId(): Promise<string | null> {
  return (await readOrNull('/proc/sys/kernel/random/boot_id'))?.trim() ?? null
}

/** Returns null when the file does not exist. */
export async function readOrNull(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const code = errorCode(error)
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'ENOTDIR') return null
    throw error
  }
}

export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}
