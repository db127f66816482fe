/** Runs programs that print little, and keeps what they print. */
import type { Command } from '../../types.ts'
import { createRedactor } from '../redact.ts'
import { runCommand, type RunCommandOptions } from './process.ts'

export interface CollectedOutput {
  /** Null when a signal ended it. */
  readonly exitCode: number | null
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string
  /** Both streams in the order in which they came. */
  readonly text: string
}

type CollectOptions = Pick<RunCommandOptions, 'signal' | 'graceMs' | 'onStdout' | 'onStderr'>

/**
 * Runs a program to its end and keeps what it printed.
 *
 * @throws UserError (`program-missing`, `program-refused`) when it can't be started; the signal's reason when it was told to stop.
 */
export async function collectOutput(
  command: Command,
  { onStdout, onStderr, ...options }: CollectOptions,
): Promise<CollectedOutput> {
  let stdout = ''
  let stderr = ''
  let text = ''
  const { exitCode, signal } = await runCommand(command, {
    ...options,
    onStdout: (more) => {
      stdout += more
      text += more
      onStdout?.(more)
    },
    onStderr: (more) => {
      stderr += more
      text += more
      onStderr?.(more)
    },
  })
  options.signal.throwIfAborted()
  return { exitCode, signal, stdout, stderr, text }
}

/** The same for a short program that may not be there: null when it can't be started, or takes too long. */
export async function tryOutput(
  { env = {}, ...program }: Pick<Command, 'file' | 'args' | 'inherit'> & Partial<Pick<Command, 'env'>>,
  timeoutMs: number,
): Promise<CollectedOutput | null> {
  const command = { ...program, env, cwd: process.cwd() }
  const signal = AbortSignal.timeout(timeoutMs)
  return collectOutput(command, { signal, graceMs: 500 }).catch(() => null)
}

const LAST_LINES = 12

/** What a ToolError says of a program that failed; its last words are those of both streams, or `lines`, without secrets. */
export function describeFailure(
  command: Command,
  { exitCode, signal, text }: Pick<CollectedOutput, 'exitCode' | 'signal' | 'text'>,
  lines: readonly string[] = text.trimEnd().split('\n'),
) {
  const redact = createRedactor()
  return {
    command: redact([command.file, ...command.args].join(' ')),
    exitCode,
    signal,
    lastLines: lines.slice(-LAST_LINES).map(redact),
  }
}
