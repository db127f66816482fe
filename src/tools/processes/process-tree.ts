/** Who started whom, among the processes of the machine. */
import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { readProcessStat, readProcFile } from './process-stat.ts'

/** A pid alone is never trusted: the kernel gives it to somebody else one day. */
export interface ProcessIdentity {
  readonly pid: number
  /** Compared as text; what it counts depends on the system. */
  readonly startTime: string
  readonly group: number
}

interface ProcessRow extends ProcessIdentity {
  readonly parent: number
}

const hasProc = process.platform === 'linux'

/**
 * Every living process below one of the roots, and every one whose environment holds `CNK_RUN_ID=<marker>`: that finds
 * those with a session of their own whose parents are gone. Not the roots themselves, not this process.
 */
export function findDescendants(roots: readonly ProcessIdentity[], marker: string): ProcessIdentity[] {
  const rows = readRows()
  const found = new Map<number, ProcessRow>()
  const byPid = new Map(rows.map((row) => [row.pid, row]))
  const pending = roots
    .filter((root) => byPid.get(root.pid)?.startTime === root.startTime)
    .map((root) => root.pid)
  const rootPids = new Set(pending)
  for (const row of rows) {
    if (!hasMarker(row.pid, marker)) continue
    pending.push(row.pid)
    found.set(row.pid, row)
  }
  const children = groupByParent(rows)
  for (let parent = pending.pop(); parent !== undefined; parent = pending.pop()) {
    for (const row of children.get(parent) ?? []) {
      if (found.has(row.pid)) continue
      found.set(row.pid, row)
      pending.push(row.pid)
    }
  }
  return [...found.values()].filter((row) => row.pid !== process.pid && !rootPids.has(row.pid))
}

export function identify(pid: number): ProcessIdentity | null {
  return hasProc ? readProcRow(pid) : (readPsRows().find((row) => row.pid === pid) ?? null)
}

/** A zombie does not count as alive. */
export function isAlive(one: ProcessIdentity): boolean {
  return identify(one.pid)?.startTime === one.startTime
}

function readRows(): ProcessRow[] {
  if (!hasProc) return readPsRows()
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readProcRow(Number(name)))
    .filter((row) => row !== null)
}

function readProcRow(pid: number): ProcessRow | null {
  const stat = readProcessStat(pid)
  if (stat === null || stat.state === 'Z' || stat.state === 'X') return null
  return { pid, parent: stat.parent, group: stat.group, startTime: stat.startTicks }
}

function hasMarker(pid: number, marker: string): boolean {
  if (!hasProc || pid === process.pid) return false
  const environment = readProcFile(pid, 'environ')
  return environment !== null && `\0${environment}`.includes(`\0CNK_RUN_ID=${marker}\0`)
}

/** Pids of the processes whose program is started from within a folder, as a venv's Python is. Empty where there is no /proc. */
export function findUsers(folder: string): number[] {
  if (!hasProc) return []
  return readRows()
    .map(({ pid }) => pid)
    .filter((pid) => readProcFile(pid, 'cmdline')?.split('\0')[0]?.startsWith(`${folder}/`) === true)
}

/** macOS has no /proc: the links of `ps`, whose start times are in seconds, and no markers. */
function readPsRows(): ProcessRow[] {
  const text = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,pgid=,stat=,lstart='], { encoding: 'utf8' })
  return text
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields.length > 5 && !fields[3]!.startsWith('Z'))
    .map(([pid, parent, group, , ...start]) => ({
      pid: Number(pid),
      parent: Number(parent),
      group: Number(group),
      startTime: start.join(' '),
    }))
}

function groupByParent(rows: readonly ProcessRow[]): Map<number, ProcessRow[]> {
  const groups = new Map<number, ProcessRow[]>()
  for (const row of rows) {
    const group = groups.get(row.parent)
    if (group === undefined) groups.set(row.parent, [row])
    else group.push(row)
  }
  return groups
}
