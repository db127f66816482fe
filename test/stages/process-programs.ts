/** Programs to start, in a folder of its own for each test. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { identify } from '../../src/tools/processes/process-tree.ts'
import type { Command } from '../../src/types.ts'

export interface Scratch {
  readonly folder: string
  python(code: string, env?: Record<string, string>): Command
  node(code: string): Command
}

/** Call it once in a test file, outside of the tests. */
export function useScratch(): Scratch {
  const scratch = {
    folder: '',
    python: (code: string, env: Record<string, string> = {}) => ({
      file: 'python3',
      args: ['-c', code],
      env,
      cwd: scratch.folder,
    }),
    node: (code: string) => ({ file: process.execPath, args: ['-e', code], env: {}, cwd: scratch.folder }),
  }
  beforeEach(() => {
    scratch.folder = realpathSync(mkdtempSync(join(tmpdir(), 'cnk-process-')))
  })
  afterEach(() => rmSync(scratch.folder, { recursive: true, force: true }))
  return scratch
}

export const never = () => new AbortController().signal

/** A parent with a child in its own session and a grandchild; all say their pid, all but the parent ignore SIGTERM. */
export const stubbornTree = `
import os, signal, sys, time
def fork(session, depth):
    pid = os.fork()
    if pid: return
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if session: os.setsid()
    if depth: fork(False, depth - 1)
    os.write(1, b'pid %d\\n' % os.getpid())
    time.sleep(600)
    os._exit(0)
fork(True, 1)
fork(False, 0)
os.write(1, b'pid %d\\n' % os.getpid())
time.sleep(600)
`

/** Gathers lines like `pid 123`, and calls `when` at the `count`-th. */
export function collectPids(count = Infinity, when = () => {}) {
  let text = ''
  let called = false
  const list = () => [...text.matchAll(/pid (\d+)\n/g)].map((match) => Number(match[1]))
  return {
    take: (piece: string) => {
      text += piece
      if (list().length < count || called) return
      called = true
      when()
    },
    list,
    living: () => list().filter((pid) => identify(pid) !== null),
  }
}
