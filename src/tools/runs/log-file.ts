/** The log of one stage: what its programs print. */
import { closeSync, mkdirSync, openSync, readdirSync, writeSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileError } from '../../file-error.ts'
import type { Redact } from '../redact.ts'

/** `bar`: a progress bar, which the next line replaces. */
interface Line {
  readonly text: string
  readonly bar: boolean
}

/** One file that a program's output goes to, line by line, without secrets. What can't be written is a UserError. */
export interface LogFile {
  readonly path: string
  write(lines: readonly Line[]): void
  close(): void
}

/** How often a bar that is drawn again and again gets a line of its own. */
const BAR_MS = 10_000

export function openLogFile(path: string, redact: Redact): LogFile {
  const file = openSync(path, 'a')
  let heldBar: string | null = null
  let barWrittenAt = 0
  const put = (text: string) => {
    try {
      writeSync(file, `${redact(text)}\n`)
    } catch (error) {
      throw fileError(error, path)
    }
  }
  const putHeldBar = () => {
    if (heldBar !== null) put(heldBar)
    heldBar = null
    barWrittenAt = Date.now()
  }
  return {
    path,
    write(lines) {
      for (const { text, bar } of lines) {
        if (!bar) putHeldBar()
        if (bar) heldBar = text
        else put(text)
        if (bar && Date.now() - barWrittenAt >= BAR_MS) putHeldBar()
      }
    },
    close() {
      try {
        putHeldBar()
      } finally {
        closeSync(file)
      }
    },
  }
}

/** The files of the newest attempt, absolute; none before the trainer was started. */
export async function listAttemptLogs(logs: string): Promise<string[]> {
  const names = (await readdir(logs).catch(() => [])).filter((name) => attemptOf(name) > 0)
  const newest = Math.max(0, ...names.map(attemptOf))
  return names
    .filter((name) => attemptOf(name) === newest)
    .sort()
    .map((name) => join(logs, name))
}

const attemptOf = (name: string): number => Number(/^attempt-(\d+)\.std(out|err)\.log$/.exec(name)?.[1] ?? 0)

/** Opens `logs/attempt-NNN.stdout.log` and `.stderr.log`, counted on from the attempts that are there. */
export function openAttemptLogs(
  logs: string,
  redact: Redact,
): { stdout: LogFile; stderr: LogFile; attempt: number } {
  mkdirSync(logs, { recursive: true })
  const attempt = Math.max(0, ...readdirSync(logs).map(attemptOf)) + 1
  const base = join(logs, `attempt-${String(attempt).padStart(3, '0')}`)
  return {
    stdout: openLogFile(`${base}.stdout.log`, redact),
    stderr: openLogFile(`${base}.stderr.log`, redact),
    attempt,
  }
}
