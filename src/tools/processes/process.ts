/** Runs a program with its group: output as it comes, a stop that reaches all it started, how it ended. */
import { randomUUID } from 'node:crypto'
import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { setTimeout as sleep } from 'node:timers/promises'
import { ToolError } from '../../errors.ts'
import type { Command } from '../../types.ts'
import { feedStdin } from './feed-stdin.ts'
import { openFamily, type ProcessFamily } from './process-family.ts'
import { startGuard } from './process-guard.ts'
import { startProgram, type Program } from './start-program.ts'

export interface RunCommandOptions {
  /** Aborting it stops the program and all that it started; the reason `'now'` skips the grace. */
  readonly signal: AbortSignal
  /** Text as it comes: pieces of any length, cut anywhere but inside a character. */
  readonly onStdout?: (text: string) => void
  readonly onStderr?: (text: string) => void
  /** Between SIGTERM and SIGKILL. */
  readonly graceMs?: number
  readonly onStart?: (pid: number) => void
  /** What it reads from stdin, which ends with it; taken as fast as it reads. Without: no stdin. */
  readonly input?: AsyncIterable<string>
  /** Whether a second process watches it, in case that we are killed: for what may start programs that ask for nothing. */
  readonly isGuarded?: boolean
  /** A person's own program sees their whole environment, ours an allow-listed part. */
  readonly isOwnProgram?: boolean
}

export interface CommandResult {
  /** Null when a signal ended it, or when it was never started. */
  readonly exitCode: number | null
  readonly signal: string | null
  /** Whether it ended because it was told to. */
  readonly stopped: boolean
  /** How many of its processes outlived the grace and were killed. */
  readonly killed: number
}

/** GitHub's runner kills the whole tree ten seconds after it asked for an end: less is left for what comes after. */
const graceMs = (): number => (process.env['GITHUB_ACTIONS'] === 'true' ? 6_000 : 10_000)
const POLL_MS = 50
/** SIGKILL works at once, but for a process that hangs inside the kernel. */
const UNKILLABLE_MS = 30_000

const running = new Set<Run>()

/**
 * Starts a program and waits until it and every process that it started are gone and both pipes are closed. It has
 * its own process group and an allow-listed environment with a marker by which its descendants are found.
 *
 * @throws UserError (`program-missing`, `program-refused`) when it can't be started; whatever a callback or the
 *   input throws, after the program has been stopped.
 */
export async function runCommand(command: Command, options: RunCommandOptions): Promise<CommandResult> {
  if (options.signal.aborted) return { exitCode: null, signal: null, stopped: true, killed: 0 }
  const { isOwnProgram = false, isGuarded = false } = options
  const marker = command.env['CNK_RUN_ID'] ?? randomUUID()
  const guard = needsGuard(isOwnProgram || isGuarded) ? startGuard(marker) : null
  try {
    const { program } = await startProgram(command, {
      ...{ marker, isOwnProgram },
      hasInput: options.input !== undefined,
    })
    guard?.watch(program.pid!)
    return await follow(new Run(program, marker, options), options)
  } finally {
    guard?.dismiss()
  }
}

/** On Linux, our own programs ask the kernel to die with us: `python/launch.py`. */
const needsGuard = (isWanted: boolean): boolean => isWanted || process.platform !== 'linux'

async function follow(run: Run, { onStart }: RunCommandOptions): Promise<CommandResult> {
  running.add(run)
  try {
    onStart?.(run.child.pid!)
    return await run.finish()
  } finally {
    running.delete(run)
  }
}

/** Kills every running program and its descendants at once: the second Ctrl-C. */
export function killNow(): void {
  for (const run of running) run.kill()
}

process.on('exit', killNow)

class Run {
  readonly child: Program
  readonly #command: string
  readonly #options: RunCommandOptions
  readonly #family: ProcessFamily
  readonly #abort = new AbortController()
  #closed = false
  #exited = false
  #stopped = false
  #killed = false
  #survivors = 0
  #failure: { readonly error: unknown } | null = null

  constructor(child: Program, marker: string, options: RunCommandOptions) {
    this.child = child
    this.#command = child.spawnargs.join(' ')
    this.#options = options
    this.#family = openFamily(child.pid!, marker)
    child.once('exit', () => {
      this.#exited = true
      this.#abort.abort()
    })
    child.once('close', () => (this.#closed = true))
    child.on('error', () => {})
    this.#drain(child.stdout, options.onStdout)
    this.#drain(child.stderr, options.onStderr)
    if (child.stdin !== null && options.input !== undefined)
      feedStdin(child.stdin, options.input).catch((error: unknown) => this.#fail(error))
  }

  async finish(): Promise<CommandResult> {
    const stop = () => this.#stop()
    this.#options.signal.addEventListener('abort', stop)
    if (this.#options.signal.aborted) stop()
    try {
      await this.#untilExitOrStop()
      await this.#untilGone()
    } finally {
      this.#options.signal.removeEventListener('abort', stop)
    }
    if (this.#failure !== null) throw this.#failure.error
    const { exitCode, signalCode: signal } = this.child
    return { exitCode, signal, stopped: this.#stopped, killed: this.#survivors }
  }

  /** Synchronous, so that it also works while the process exits. */
  kill(): void {
    this.#killed = true
    if (!this.#exited) this.#stopped = true
    this.#family.refresh()
    this.#family.kill()
    this.#abort.abort()
  }

  #stop(): void {
    if (this.#options.signal.reason === 'now') return this.kill()
    if (!this.#exited) this.#stopped = true
    this.#terminate()
  }

  #terminate(): void {
    this.#family.refresh()
    this.#family.terminate()
    this.#abort.abort()
  }

  #fail(error: unknown): void {
    this.#failure ??= { error }
    this.#terminate()
  }

  #drain(stream: Readable, consume: ((text: string) => void) | undefined): void {
    const decoder = new StringDecoder('utf8')
    const give = (text: string) => {
      if (text === '' || consume === undefined || this.#failure !== null) return
      try {
        consume(text)
      } catch (error) {
        this.#fail(error)
      }
    }
    stream.on('data', (chunk: Buffer) => give(decoder.write(chunk)))
    stream.on('end', () => give(decoder.end()))
    stream.on('error', () => {})
  }

  async #untilExitOrStop(): Promise<void> {
    if (this.#exited || this.#abort.signal.aborted) return
    await new Promise<void>((resolve) => this.#abort.signal.addEventListener('abort', () => resolve()))
  }

  /** What the program left behind gets the same grace as a program that is told to stop. */
  async #untilGone(): Promise<void> {
    const graceOver = Date.now() + (this.#options.graceMs ?? graceMs())
    while (Date.now() < graceOver && !this.#killed) {
      if (this.#isGone()) return
      await sleep(POLL_MS)
    }
    if (!this.#killed) this.#survivors = this.#family.alive().length
    const giveUp = Date.now() + UNKILLABLE_MS
    while (!this.#isGone()) {
      this.#family.kill()
      if (Date.now() > giveUp) throw this.#unkillable()
      await sleep(POLL_MS)
    }
  }

  #isGone(): boolean {
    if (!this.#exited) return false
    this.#family.refresh()
    return this.#closed && this.#family.alive().length === 0
  }

  #unkillable(): ToolError {
    const pids = this.#family.alive().map((one) => one.pid)
    return new ToolError(`Processes ${pids.join(', ')} could not be killed.`, {
      command: this.#command,
      exitCode: this.child.exitCode,
      signal: this.child.signalCode,
    })
  }
}
