/** Starts a Python program that fetches or makes a model, follows its progress, and tells in words why it failed. */
import { ToolError, UserError } from '../errors.ts'
import { hubEnvironment } from '../tools/hub/hub-environment.ts'
import { collectOutput, describeFailure, type CollectedOutput } from '../tools/processes/collect-output.ts'
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
  const env = { ...command.env, ...(asksHub ? hubEnvironment() : {}) }
  const onStderr = (text: string): void => {
    const progress = [...text.matchAll(/^progress (\d+) (\d+)$/gm)].at(-1)
    if (progress === undefined) return
    report({
      type: 'progress',
      stage,
      done: Number(progress[1]),
      total: Number(progress[2]),
      unit: 'bytes',
    })
  }
  const output = await collectOutput({ ...command, env }, { signal, onStderr })
  const answer = parseAnswer(output.stdout)
  if (answer?.error !== undefined) throw new UserError(answer.error.message, answer.error)
  if (output.exitCode === 0) return answer ?? {}
  throw programError(command, output, what)
}

function programError(command: Command, output: CollectedOutput, what: string): Error {
  const { stderr } = output
  const lines = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('progress '))
  const failure = new ToolError(`Fetching ${what} failed.`, describeFailure(command, output, lines))
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
