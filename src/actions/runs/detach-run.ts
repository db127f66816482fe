/** Has another process carry a run out, and waits until that has begun. */
import { readdir, readFile, rm, rmdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { EXIT_CODES, UserError, type ExitReason } from '../../errors.ts'
import { makeFolder } from '../../tools/files/atomic-write.ts'
import { startDetached, type DetachedProgram } from '../../tools/processes/start-detached.ts'
import { readRunRecord } from '../../tools/runs/run-folder.ts'

interface DetachOptions {
  /** Absolute; it need not be there yet. */
  readonly run: string
  /** Command line of the kit that carries the run out. */
  readonly args: readonly string[]
  readonly cwd: string
}

export interface DetachedRun {
  readonly pid: number
  /** What it says goes here. */
  readonly log: string
}

const POLL_MS = 100

/**
 * Starts it and returns once the run's record names it.
 *
 * @throws UserError with its message and exit reason when it ended before.
 */
export async function detachRun({ run, args, cwd }: DetachOptions): Promise<DetachedRun> {
  const wasThere = (await stat(run).catch(() => null)) !== null
  const logs = join(run, 'logs')
  await makeFolder(logs)
  const log = join(logs, `detached-${await nextNumber(logs)}.log`)
  const program = startDetached({ args, cwd, log })
  while (!(await hasBegun(run, program))) {
    if (program.exitCode() !== null) {
      if (await hasBegun(run, program)) break
      throw await describeEnd(program, { run, log, wasThere })
    }
    await sleep(POLL_MS)
  }
  return { pid: program.pid, log }
}

async function nextNumber(logs: string): Promise<string> {
  const numbers = (await readdir(logs)).map((name) => Number(/^detached-(\d+)\.log$/.exec(name)?.[1] ?? 0))
  return String(Math.max(0, ...numbers) + 1).padStart(3, '0')
}

async function hasBegun(run: string, { pid }: DetachedProgram): Promise<boolean> {
  return (await readRunRecord(run))?.attempts.at(-1)?.process?.pid === pid
}

/** Nothing has begun: of a new run nothing stays, of another one its log. */
async function describeEnd(
  program: DetachedProgram,
  { run, log, wasThere }: { run: string; log: string; wasThere: boolean },
): Promise<UserError> {
  const text = await readFile(log, 'utf8')
  if (!wasThere) {
    await rm(log)
    await rmdir(join(run, 'logs'))
    await rmdir(run).catch(() => undefined)
  }
  const [message = '', ...hints] = text.slice(text.lastIndexOf('✖ ') + 2).split(/^→ /m)
  const unindent = (lines: string): string => lines.trimEnd().replace(/^ {2}/gm, '')
  return new UserError(unindent(message), {
    reason: reasonOf(program.exitCode()),
    hint: hints.map(unindent).join('\n') || null,
  })
}

function reasonOf(code: number | null): ExitReason {
  const found = Object.entries(EXIT_CODES).find(([, one]) => one === code)
  return (found?.[0] as ExitReason | undefined) ?? 'bug'
}
