/** What the system says of a process by its number. */
import { readFileSync } from 'node:fs'

export interface ProcessStat {
  /** `Z`: it has ended, and its parent has not asked how. */
  readonly state: string
  readonly parent: number
  readonly group: number
  /** Clock ticks since the boot. */
  readonly startTicks: string
}

/** `/proc/PID/stat`: `pid (name) state ppid pgrp … starttime(22)`; the name may hold blanks and parentheses. Null where there is none. */
export function readProcessStat(pid: number): ProcessStat | null {
  const text = readProcFile(pid, 'stat')
  if (text === null) return null
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const [state, parent, group] = fields
  return { state: state!, parent: Number(parent), group: Number(group), startTicks: fields[19]! }
}

export function readProcFile(pid: number, name: 'stat' | 'status' | 'environ' | 'cmdline'): string | null {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8')
  } catch {
    return null
  }
}

/** Whether a process with this number runs on this machine, whoever it belongs to; one that has ended and was not asked counts. */
export function hasProcess(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Whether the process with this number has ended and its parent has not asked how. */
export function hasEnded(pid: number): boolean {
  const state = readProcessStat(pid)?.state
  return state === 'Z' || state === 'X'
}
