/** Runs a program that writes captions. It gets paths of pictures on stdin, and answers with lines of JSON on stdout. */
import {
  MAX_ANSWER_LINE,
  parseCaptionAnswer,
  type CaptionAnswer,
} from '../../dataset/captions/caption-answer.ts'
import { ToolError, UserError } from '../../errors.ts'
import type { Command } from '../../types.ts'
import { runCommand, type CommandResult } from '../processes/process.ts'
import { createRedactor } from '../redact.ts'

export interface CaptionProgramOptions<T> {
  readonly command: Command
  /** Name for messages. */
  readonly name: string
  readonly isOwnProgram: boolean
  /** How many pictures may be sent without being answered. */
  readonly window: number
  /** Returns the next picture and its path; null when this start of the program gets no more. */
  readonly next: () => Promise<{ readonly path: string; readonly item: T } | null>
  /** Called for each answer, in the order of the answers. */
  readonly onAnswer: (item: T, answer: CaptionAnswer) => void
  readonly signal: AbortSignal
}

/**
 * Runs the program once; returns the pictures that got no answer. Throws ToolError when the program failed, and UserError
 * (`caption-answer`) when a line is not a valid answer. Earlier answers are kept in both cases.
 */
export async function runCaptionProgram<T>(options: CaptionProgramOptions<T>): Promise<T[]> {
  const { command, name, signal, isOwnProgram } = options
  const asked = new Asked<T>(options.window)
  let stderr = ''
  const lines = new Lines((line) =>
    takeAnswer(line, asked, { ...options, lastLines: () => lastLinesOf(stderr) }),
  )
  const result = await runCommand(command, {
    signal,
    isOwnProgram,
    input: asked.paths(options.next),
    onStdout: (text) => lines.push(text),
    onStderr: (text) => (stderr = (stderr + text).slice(-STDERR_KEPT)),
  })
  signal.throwIfAborted()
  if (result.exitCode !== 0) throw failed(result, { command, name, stderr, unanswered: asked.waiting.size })
  lines.end()
  return [...asked.waiting.values()]
}

/** Pictures that were sent and not answered yet. Waits before sending more than the window allows. */
class Asked<T> {
  readonly waiting = new Map<string, T>()
  readonly #window: number
  #wake: () => void = () => undefined

  constructor(window: number) {
    this.#window = window
  }

  async *paths(next: CaptionProgramOptions<T>['next']): AsyncGenerator<string> {
    for (let one = await next(); one !== null; one = await next()) {
      this.waiting.set(one.path, one.item)
      yield `${one.path}\n`
      while (this.waiting.size >= this.#window) await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }

  take(path: string): T | undefined {
    const item = this.waiting.get(path)
    this.waiting.delete(path)
    this.#wake()
    return item
  }
}

interface TakeOptions<T> extends Pick<CaptionProgramOptions<T>, 'name' | 'onAnswer'> {
  readonly lastLines: () => readonly string[]
}

function takeAnswer<T>(line: string, asked: Asked<T>, { name, onAnswer, lastLines }: TakeOptions<T>): void {
  if (line.trim() === '') return
  const answer = parseCaptionAnswer(line)
  if (answer === null) {
    throw noAnswer(
      `${name} printed a line that is not an answer: ${JSON.stringify(line.slice(0, 120))}.`,
      lastLines(),
    )
  }
  if (!asked.waiting.has(answer.path)) {
    const path = JSON.stringify(answer.path.slice(0, 300))
    throw noAnswer(
      `${name} answered for ${path}, a path that it did not get or had already answered.`,
      lastLines(),
    )
  }
  onAnswer(asked.take(answer.path)!, answer)
}

function noAnswer(message: string, lastLines: readonly string[]): UserError {
  return new UserError(message, {
    code: 'caption-answer',
    problems: lastLines.map((line) => ({ where: 'stderr', path: null, message: line })),
    hint: 'Expected one line of JSON for each path, {"path": …, "text": …}, and all else on stderr: docs/captioners.md',
  })
}

const STDERR_KEPT = 20_000
const LAST_LINES = 12

function lastLinesOf(stderr: string): string[] {
  const lines = stderr.split(/[\r\n]+/).filter((line) => line.trim() !== '')
  return lines.slice(-LAST_LINES).map(createRedactor())
}

interface Failure {
  readonly command: Command
  readonly name: string
  readonly stderr: string
  readonly unanswered: number
}

function failed(
  { exitCode, signal }: CommandResult,
  { command, name, stderr, unanswered }: Failure,
): ToolError {
  const how = signal === null ? `ended with exit code ${exitCode}` : `was ended by ${signal}`
  return new ToolError(
    `${name}, which writes the captions, ${how}; ${unanswered} ${unanswered === 1 ? 'picture was' : 'pictures were'} not answered.`,
    {
      command: [command.file, ...command.args].join(' '),
      exitCode,
      signal,
      lastLines: lastLinesOf(stderr),
      hint: 'Mend it, then run the same command again: the captions that it wrote are kept.',
    },
  )
}

/** Splits a stream into lines. A line that never ends must not fill the memory. */
class Lines {
  #rest = ''
  readonly #take: (line: string) => void

  constructor(take: (line: string) => void) {
    this.#take = take
  }

  push(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop()!
    for (const line of lines) this.#take(line)
    if (this.#rest.length > MAX_ANSWER_LINE) this.end()
  }

  /** Passes on a last line that has no line break. */
  end(): void {
    const rest = this.#rest
    this.#rest = ''
    if (rest !== '') this.#take(rest)
  }
}
