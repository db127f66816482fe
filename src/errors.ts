/** Why a command ended, and the two errors that a person sees without a stack. Exit codes: docs/exit-codes.md. */

export const EXIT_CODES = {
  done: 0,
  bug: 1,
  usage: 2,
  preflight: 3,
  dataset: 4,
  environment: 5,
  training: 6,
  'gpu-memory': 7,
  upload: 8,
  integrity: 9,
  locked: 10,
  stopped: 75,
  signal: 130,
} as const
export type ExitReason = keyof typeof EXIT_CODES

/** One mistake and its place: `where` is `face.yaml:14:15`, `--set a.b`, or a path; `path` is the config key, if any. */
export interface Problem {
  readonly where: string | null
  readonly path: string | null
  readonly message: string
}

interface UserErrorOptions {
  readonly reason?: ExitReason | null
  /** Each mistake with its place. When there are none, the message stands alone. */
  readonly problems?: readonly Problem[]
  /** What to do next: an instruction, or the next command. */
  readonly hint?: string | null
  /** Stable name for programs: `python-missing`. */
  readonly code?: string | null
  readonly cause?: unknown
}

/** Something that a person can mend. Without a `reason`, the failing stage's own counts, else `usage`. */
export class UserError extends Error {
  readonly reason: ExitReason | null
  readonly problems: readonly Problem[]
  readonly hint: string | null
  readonly code: string | null

  constructor(message: string, options: UserErrorOptions = {}) {
    super(message, { cause: options.cause })
    this.name = 'UserError'
    this.reason = options.reason ?? null
    this.problems = options.problems ?? []
    this.hint = options.hint ?? null
    this.code = options.code ?? null
  }

  /** Returns a copy with everything else as it was. */
  with(changes: UserErrorOptions): UserError {
    return new UserError(this.message, { ...this, cause: this.cause, ...changes })
  }
}

/** A file can't be read or written for a reason outside of the kit: a full disk, no permission. */
export class FileError extends UserError {}

interface ToolErrorOptions {
  readonly reason?: ExitReason | null
  readonly command: string
  readonly exitCode: number | null
  readonly signal: string | null
  /** The last lines that it printed, already free of secrets and control sequences. */
  readonly lastLines?: readonly string[]
  readonly logPath?: string | null
  readonly hint?: string | null
  readonly cause?: unknown
}

/** A program that the kit started failed, and nothing better is known than what it printed. */
export class ToolError extends Error {
  readonly reason: ExitReason | null
  readonly command: string
  readonly exitCode: number | null
  readonly signal: string | null
  readonly lastLines: readonly string[]
  readonly logPath: string | null
  readonly hint: string | null

  constructor(message: string, options: ToolErrorOptions) {
    super(message, { cause: options.cause })
    this.name = 'ToolError'
    this.reason = options.reason ?? null
    this.command = options.command
    this.exitCode = options.exitCode
    this.signal = options.signal
    this.lastLines = options.lastLines ?? []
    this.logPath = options.logPath ?? null
    this.hint = options.hint ?? null
  }

  /** Returns a copy with everything else as it was. */
  with(changes: Partial<ToolErrorOptions>): ToolError {
    return new ToolError(this.message, { ...this, cause: this.cause, ...changes })
  }
}

/** The run was told to stop (Ctrl-C, SIGTERM). `resumable` tells whether a whole checkpoint is there to go on from. */
export class StoppedError extends Error {
  readonly signal: 'SIGINT' | 'SIGTERM'
  readonly resumable: boolean

  constructor(signal: 'SIGINT' | 'SIGTERM', resumable: boolean) {
    super('stopped')
    this.name = 'StoppedError'
    this.signal = signal
    this.resumable = resumable
  }
}

/** The stop that a signal of the operating system brought about: it stands as the reason of the abort. */
export function stoppedBy({ reason }: AbortSignal, resumable: boolean): StoppedError {
  return new StoppedError(reason === 'SIGTERM' ? 'SIGTERM' : 'SIGINT', resumable)
}

/** Returns the error with `reason` where it has none of its own; anything but a UserError or ToolError as it is. */
export function withReason(error: unknown, reason: ExitReason): unknown {
  const isOurs = error instanceof UserError || error instanceof ToolError
  return isOurs && error.reason === null ? error.with({ reason }) : error
}

/** The word for why it ended; `stage` is the failing stage's own, for errors that say nothing themselves. */
export function exitReasonOf(error: unknown, stage?: ExitReason): ExitReason {
  if (error instanceof StoppedError) return error.resumable ? 'stopped' : 'signal'
  if (error instanceof FileError) return error.reason ?? stage ?? 'preflight'
  if (error instanceof UserError) return error.reason ?? stage ?? 'usage'
  if (error instanceof ToolError) return error.reason ?? stage ?? 'preflight'
  return 'bug'
}
