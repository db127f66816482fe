/** `python/generate.py` while it runs: models are loaded once, then it draws one picture after the other. */
import { UserError, ToolError, type ExitReason } from '../../errors.ts'
import type { DrawingJob, DrawingProgramFacts } from '../../trainer/drawing-program.ts'
import type { Command } from '../../types.ts'
import { runCommand, type CommandResult } from '../processes/process.ts'
import { createRedactor } from '../redact.ts'

export interface DrawingProgram {
  /** Resolves when the models are loaded. */
  readonly ready: Promise<DrawingProgramFacts>
  /** Resolves with the seconds that it took, when the file is whole. Throws a UserError (`drawing-failed`) where it can't be done. */
  draw(job: DrawingJob): Promise<number>
  /** Ends the program once all that it was asked for is done. */
  close(): Promise<void>
}

interface Options {
  readonly signal: AbortSignal
  /** Why a failure ends the command. */
  readonly reason: ExitReason
}

type Answer = { readonly id: string } & ({ readonly seconds: number } | { readonly error: string })

/** Starts it for some work, and ends it with that: at once where the work fails. */
export async function withDrawingProgram<T>(
  command: Command,
  { signal, reason }: Options,
  work: (program: DrawingProgram) => Promise<T>,
): Promise<T> {
  const stop = new AbortController()
  const program = openDrawingProgram(command, { signal: AbortSignal.any([signal, stop.signal]), reason })
  try {
    const result = await work(program)
    await program.close()
    return result
  } catch (error) {
    stop.abort()
    await program.close().catch(() => undefined)
    throw error
  }
}

/** Starts it. Whatever ends it before its time fails all that waits: a ToolError, or the signal's reason. */
function openDrawingProgram(command: Command, { signal, reason }: Options): DrawingProgram {
  const jobs = new JobQueue()
  const waiting = new Map<string, Deferred<number>>()
  const ready = deferred<DrawingProgramFacts>()
  ready.promise.catch(() => undefined)
  let stderr = ''
  const take = (line: string): void => {
    if (line.trim() === '') return
    const answer = JSON.parse(line) as Answer | (DrawingProgramFacts & { readonly ready: true })
    if ('ready' in answer) return ready.resolve(answer)
    const asked = waiting.get(answer.id)
    waiting.delete(answer.id)
    if ('error' in answer) asked?.reject(drawingFailed(answer.error, reason))
    else asked?.resolve(answer.seconds)
  }
  const lines = splitLines(take)
  const ended = runCommand(command, {
    signal,
    input: jobs.lines(),
    onStdout: lines,
    onStderr: (text) => (stderr = (stderr + text).slice(-STDERR_KEPT)),
  }).then((result) => {
    signal.throwIfAborted()
    if (result.exitCode !== 0) throw failed(command, { result, stderr, reason })
  })
  ended.catch((error: unknown) => {
    ready.reject(error)
    for (const { reject } of waiting.values()) reject(error)
  })
  return {
    ready: ready.promise,
    async draw(job) {
      const answered = deferred<number>()
      waiting.set(jobs.add(job), answered)
      // One that has failed already answers nothing any more.
      return Promise.race([answered.promise, ended.then(() => answered.promise)])
    },
    close() {
      jobs.end()
      return ended
    },
  }
}

interface Deferred<T> {
  readonly promise: Promise<T>
  readonly resolve: (value: T) => void
  readonly reject: (error: unknown) => void
}

function deferred<T>(): Deferred<T> {
  let [resolve, reject]: [Deferred<T>['resolve'], Deferred<T>['reject']] = [() => undefined, () => undefined]
  const promise = new Promise<T>((yes, no) => ([resolve, reject] = [yes, no]))
  return { promise, resolve, reject }
}

/** Jobs on their way to the program's stdin, as lines of JSON. */
class JobQueue {
  readonly #lines: string[] = []
  #count = 0
  #isOver = false
  #wake: () => void = () => undefined

  /** Returns the job's id. */
  add(job: DrawingJob): string {
    const id = String(this.#count++)
    this.#lines.push(`${JSON.stringify({ id, ...job })}\n`)
    this.#wake()
    return id
  }

  end(): void {
    this.#isOver = true
    this.#wake()
  }

  async *lines(): AsyncGenerator<string> {
    for (;;) {
      while (this.#lines.length > 0) yield this.#lines.shift()!
      if (this.#isOver) return
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }
}

function splitLines(take: (line: string) => void): (text: string) => void {
  let rest = ''
  return (text) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop()!
    lines.forEach(take)
  }
}

function drawingFailed(message: string, reason: ExitReason): UserError {
  const isMemory = /out of memory/i.test(message)
  return new UserError(`A picture can't be drawn: ${createRedactor()(message)}`, {
    reason: isMemory ? 'gpu-memory' : reason,
    code: 'drawing-failed',
    hint: isMemory ? 'Free memory on the GPU: nvidia-smi lists the programs that use it.' : null,
  })
}

const STDERR_KEPT = 20_000
const LAST_LINES = 20

interface Failure {
  readonly result: CommandResult
  readonly stderr: string
  readonly reason: ExitReason
}

function failed(command: Command, { result, stderr, reason }: Failure): ToolError {
  const lines = stderr
    .split(/[\r\n]+/)
    .filter((line) => line.trim() !== '')
    .map(createRedactor())
  const said = lines.findLast((line) => line.startsWith(SAYS))?.slice(SAYS.length)
  return new ToolError(`The pictures can't be drawn${said === undefined ? '.' : `: ${said}`}`, {
    reason,
    command: [command.file, ...command.args].join(' '),
    exitCode: result.exitCode,
    signal: result.signal,
    lastLines: lines.slice(-LAST_LINES),
  })
}

const SAYS = 'generate.py: error: '
