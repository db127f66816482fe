import type { Command } from '../../types.ts'
import { runCommand } from './process.ts'

export interface CapturedOutput {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a short program and keeps what it prints; null when there is no such program, or it takes too long. */
export async function captureOutput(
  command: Pick<Command, 'file' | 'args'>,
  timeoutMs: number,
): Promise<CapturedOutput | null> {
  let stdout = ''
  let stderr = ''
  try {
    const { exitCode, stopped } = await runCommand(
      { ...command, env: {}, cwd: process.cwd() },
      {
        signal: AbortSignal.timeout(timeoutMs),
        graceMs: 500,
        onStdout: (text) => (stdout += text),
        onStderr: (text) => (stderr += text),
      },
    )
    return stopped ? null : { exitCode, stdout, stderr }
  } catch {
    return null
  }
}
