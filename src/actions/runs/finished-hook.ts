/** `hooks.finished`: a person's own program at the end of a training, for a mail, a chat, or to shut the rented machine down. */
import { writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { ExitReason } from '../../errors.ts'
import { runCommand } from '../../tools/processes/process.ts'
import { createRedactor } from '../../tools/redact.ts'
import type { Config } from '../../types.ts'

/** What the program reads from stdin, as one line of JSON. */
export interface FinishedResult {
  readonly v: 1
  readonly name: string
  /** Absolute. */
  readonly run: string
  readonly status: 'done' | 'failed' | 'stopped'
  readonly exitReason: ExitReason
  /** What the person is told when it failed; null when it did not. */
  readonly problem: string | null
  /** Absolute; null when there is no verified model. */
  readonly model: string | null
  /** The last step, and that of the newest whole checkpoint. */
  readonly final_step: number
  readonly checkpoint: number | null
}

interface HookOptions {
  readonly hook: Config['hooks']['finished']
  readonly result: FinishedResult
  /** The program is stopped after this time. */
  readonly timeoutMs?: number
}

const TIMEOUT_MS = 60_000
const GRACE_MS = 2_000
const LOG_BYTES = 65_536

/**
 * Starts the program in the current folder and waits for its end. Returns what went wrong, for a warning: it changes nothing of how the
 * training ended. What it printed goes to `logs/hook.log`.
 */
export async function runFinishedHook({
  hook,
  result,
  timeoutMs = TIMEOUT_MS,
}: HookOptions): Promise<string | null> {
  if (hook === null) return null
  const [file, ...args] = typeof hook === 'string' ? [hook] : hook
  const command = { file: file!, args, env: {}, cwd: process.cwd() }
  let printed = ''
  const keep = (text: string): void => void (printed = (printed + text).slice(-LOG_BYTES))
  try {
    const ended = await runCommand(command, {
      ...{ signal: AbortSignal.timeout(timeoutMs), graceMs: GRACE_MS },
      ...{ onStdout: keep, onStderr: keep, isGuarded: true },
      input: lineOf({ ...result, host: hostname() }),
    })
    if (ended.stopped) return `it did not end within ${timeoutMs / 1000} seconds`
    if (ended.signal !== null) return `it was ended by ${ended.signal}`
    return ended.exitCode === 0 ? null : `it ended with exit code ${ended.exitCode ?? ''}`
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  } finally {
    const redact = createRedactor()
    await writeFile(join(result.run, 'logs', 'hook.log'), redact(printed)).catch(() => undefined)
  }
}

async function* lineOf(value: unknown): AsyncGenerator<string> {
  yield `${JSON.stringify(value)}\n`
}
