/** Asks programs that say nothing any more where they stand. */
import { findDescendants, identify } from './process-tree.ts'
import { readProcFile } from './process-stat.ts'

/**
 * Has every Python program below `pid` print the stacks of its threads (SIGUSR1, which `python/launch.py` takes), and returns
 * what keeps processes from answering: `process 123 (python), which a signal has stopped`. Without /proc nobody is asked,
 * since the signal ends programs that don't take it.
 */
export function requestStackDumps(pid: number, marker: string): string[] {
  const root = identify(pid)
  if (root === null) return []
  const all = [root.pid, ...findDescendants([root], marker).map((one) => one.pid)]
  const states = all.map((one) => ({ pid: one, ...readState(one) }))
  for (const one of states) if (one.takesDump) ask(one.pid)
  return states.flatMap(({ pid: one, name, state }) => {
    const words = STATES[state]
    return words === undefined ? [] : [`process ${one} (${name}), ${words}`]
  })
}

/** By the letter of /proc/PID/status. */
const STATES: Readonly<Record<string, string>> = {
  T: 'which a signal has stopped',
  t: 'which a debugger has stopped',
  D: 'which waits for a disk or a driver',
}

const SIGUSR1 = 10n

function readState(pid: number): { name: string; state: string; takesDump: boolean } {
  const status = readProcFile(pid, 'status') ?? ''
  const field = (name: string): string => new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(status)?.[1] ?? ''
  const caught = BigInt(`0x${field('SigCgt') || '0'}`)
  return {
    name: field('Name'),
    state: field('State'),
    takesDump: process.platform === 'linux' && ((caught >> (SIGUSR1 - 1n)) & 1n) === 1n,
  }
}

function ask(pid: number): void {
  try {
    process.kill(pid, 'SIGUSR1')
  } catch {
    // It ended between the look and the signal.
  }
}
