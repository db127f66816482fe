/** Starts pip and venv, and tells in words why they failed. */
import { ToolError, UserError } from '../../errors.ts'
import { explainPipFailure } from '../../environment/pip-output.ts'
import type { Command } from '../../types.ts'
import type { PipNote, PipProgress } from './follow-pip.ts'
import { runCommand } from '../processes/process.ts'

export interface PipContext {
  readonly signal: AbortSignal
  readonly tell: (note: PipNote) => void
}

export async function runVenv(command: Command, context: PipContext): Promise<void> {
  const output = await collect(command, context)
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
  const output = await collect(command, context, progress.read)
  if (output.exitCode !== 0) throw pipError('Installing the packages', command, output)
}

/** The same package from the person's own sources, and then from PyTorch's. Of several failures the last one counts. */
export async function runFirstThatWorks(
  commands: readonly Command[],
  context: PipContext,
  progress: PipProgress,
): Promise<void> {
  for (const [index, command] of commands.entries()) {
    const output = await collect(command, context, progress.read)
    if (output.exitCode === 0) return
    if (index === commands.length - 1) throw pipError('Installing torch', command, output)
    context.tell({
      type: 'log',
      message: "Your pip's own sources do not have this torch; asking PyTorch's index.",
    })
  }
}

export interface Output {
  readonly exitCode: number | null
  readonly signal: string | null
  readonly stdout: string
  /** Both streams in the order in which they came. */
  readonly text: string
}

/** Runs a program to its end and keeps what it printed. Throws the reason when it was told to stop. */
export async function collect(
  command: Command,
  { signal }: Pick<PipContext, 'signal'>,
  onText?: (text: string) => void,
): Promise<Output> {
  let stdout = ''
  let text = ''
  const add = (more: string) => {
    text += more
    onText?.(more)
  }
  const onStdout = (more: string) => {
    stdout += more
    add(more)
  }
  const result = await runCommand(command, { signal, onStdout, onStderr: add })
  signal.throwIfAborted()
  return { ...result, stdout, text }
}

function pipError(what: string, command: Command, output: Output): Error {
  const known = explainPipFailure(output.text)
  if (known === null) return new ToolError(`${what} failed.`, toolFailure(command, output))
  return new UserError(`${what} failed: ${known.message}`, {
    code: known.code,
    hint: known.hint,
    ...(known.code === 'package-hash' ? { reason: 'integrity' as const } : {}),
    cause: new ToolError(`${what} failed.`, toolFailure(command, output)),
  })
}

export function toolFailure(command: Command, { exitCode, signal, text }: Output) {
  const lastLines = text.trimEnd().split('\n').slice(-12)
  return { command: [command.file, ...command.args].join(' '), exitCode, signal, lastLines }
}
