/** Runs pip and venv, and explains their failures in words. */
import { ToolError, UserError } from '../../errors.ts'
import { explainPipFailure } from '../../environment/pip-output.ts'
import type { Command } from '../../types.ts'
import type { PipNote, PipProgress } from './follow-pip.ts'
import { collectOutput, describeFailure, type CollectedOutput } from '../processes/collect-output.ts'

export interface PipContext {
  readonly signal: AbortSignal
  readonly tell: (note: PipNote) => void
}

export async function runVenv(command: Command, context: PipContext): Promise<void> {
  const output = await collectOutput(command, { signal: context.signal })
  if (output.exitCode === 0) return
  if (/ensurepip is not available|No module named '?(ensurepip|venv)/.test(output.text)) {
    throw new UserError(
      `${command.file} can't make a venv: its modules venv and ensurepip are not installed.`,
      {
        code: 'python-venv',
        hint: 'Debian, Ubuntu: apt-get install python3-venv',
      },
    )
  }
  throw pipError('Making the venv', command, output)
}

export async function runPip(command: Command, context: PipContext, progress: PipProgress): Promise<void> {
  const output = await follow(command, context, progress)
  if (output.exitCode !== 0) throw pipError('Installing the packages', command, output)
}

/** Installs a package from the user's own sources, and if that fails from PyTorch's index. Throws the last failure. */
export async function runFirstThatWorks(
  commands: readonly Command[],
  context: PipContext,
  progress: PipProgress,
): Promise<void> {
  for (const [index, command] of commands.entries()) {
    const output = await follow(command, context, progress)
    if (output.exitCode === 0) return
    if (index === commands.length - 1) throw pipError('Installing torch', command, output)
    context.tell({
      type: 'log',
      message: "Your pip's own sources do not have this torch; asking PyTorch's index.",
    })
  }
}

function follow(command: Command, { signal }: PipContext, { read }: PipProgress): Promise<CollectedOutput> {
  return collectOutput(command, { signal, onStdout: read, onStderr: read })
}

function pipError(what: string, command: Command, output: CollectedOutput): Error {
  const known = explainPipFailure(output.text)
  if (known === null) return new ToolError(`${what} failed.`, describeFailure(command, output))
  return new UserError(`${what} failed: ${known.message}`, {
    code: known.code,
    hint: known.hint,
    ...(known.code === 'package-hash' ? { reason: 'integrity' as const } : {}),
    cause: new ToolError(`${what} failed.`, describeFailure(command, output)),
  })
}
