import { findDescendants, identify, isAlive, type ProcessIdentity } from './process-tree.ts'

/** A program and everything that it started, remembered from one look to the next. */
export interface ProcessFamily {
  /** Looks again; who was seen once stays recorded, also when its parent is gone. */
  refresh(): void
  /** SIGTERM to the group, and to those who have left it. */
  terminate(): void
  /** SIGKILL likewise. */
  kill(): void
  alive(): readonly ProcessIdentity[]
}

/** `pid` is the leader of its group; null where only the marker is known. */
export function openFamily(pid: number | null, marker: string): ProcessFamily {
  const root = pid === null ? null : identify(pid)
  const known = new Map<string, ProcessIdentity>()
  const remember = (one: ProcessIdentity) => known.set(`${one.pid}:${one.startTime}`, one)
  if (root !== null) remember(root)

  const alive = () => [...known.values()].filter(isAlive)
  const send = (signal: 'SIGTERM' | 'SIGKILL') => {
    const living = alive()
    const leader = living.find((one) => one.pid === pid)
    if (leader !== undefined) sendTo(-leader.pid, signal)
    for (const one of living) {
      if (leader === undefined || one.group !== leader.pid) sendTo(one.pid, signal)
    }
  }
  return {
    refresh: () => findDescendants(alive(), marker).forEach(remember),
    terminate: () => send('SIGTERM'),
    kill: () => send('SIGKILL'),
    alive,
  }
}

function sendTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It ended between the look and the signal.
  }
}
