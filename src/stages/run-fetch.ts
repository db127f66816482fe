/** Starts a Python program that fetches or makes a model, follows its progress, and tells in words why it failed. */
import { ToolError, UserError } from '../errors.ts'
import { hubEnvironment } from '../tools/hub/hub-environment.ts'
import { runCommand } from '../tools/processes/process.ts'
import { findPythonFileError } from '../environment/python-file-errors.ts'
import type { Command, StageContext, StageName } from '../types.ts'

export interface FetchAnswer {
  /** Of the repository. */
  readonly commit?: string
  readonly error?: { readonly code: string; readonly message: string; readonly hint: string }
}

interface FetchOptions extends Pick<StageContext, 'signal' | 'report'> {
  readonly stage: StageName
  /** What is fetched, for messages: `the base model`. */
  readonly what: string
  /** It asks the Hub, and needs its settings: a token among them. */
  readonly asksHub: boolean
}

/** What it prints last on stdout; lines `progress DONE TOTAL` on stderr become events. */
export async function runFetch(
  command: Command,
  { signal, report, stage, what, asksHub }: FetchOptions,
): Promise<FetchAnswer> {
  let stdout = ''
  let stderr = ''
  const env = { ...command.env, ...(asksHub ? hubEnvironment() : {}) }
  const result = await runCommand(
    { ...command, env },
    {
      signal,
      onStdout: (text) => (stdout += text),
      onStderr: (text) => {
        stderr += text
        const progress = [...text.matchAll(/^progress (\d+) (\d+)$/gm)].at(-1)
        if (progress === undefined) return
        report({
          type: 'progress',
          stage,
          done: Number(progress[1]),
          total: Number(progress[2]),
          unit: 'bytes',
        })
      },
    },
  )
  signal.throwIfAborted()
  const answer = parseAnswer(stdout)
  if (answer?.error !== undefined) throw new UserError(answer.error.message, answer.error)
  if (result.exitCode === 0) return answer ?? {}
  throw programError(command, { ...result, stderr, what })
}

interface Failed {
  readonly exitCode: number | null
  readonly signal: string | null
  readonly stderr: string
  readonly what: string
}

function programError(command: Command, { exitCode, signal, stderr, what }: Failed): Error {
  const lines = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('progress '))
  const failure = new ToolError(`Fetching ${what} failed.`, {
    command: [command.file, ...command.args].join(' '),
    exitCode,
    signal,
    lastLines: lines.slice(-12),
  })
  const found = findPythonFileError(stderr)
  if (found === null) return failure
  return new UserError(`${found.message}: ${what} could not be saved.`, {
    code: found.code,
    hint: `${found.hint}, or move the cache: CNK_HOME`,
    cause: failure,
  })
}

function parseAnswer(stdout: string): FetchAnswer | null {
  try {
    const value: unknown = JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
    return typeof value === 'object' && value !== null ? value : null
  } catch {
    return null
  }
}
