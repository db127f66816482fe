/** What every command shares: where it prints, in which form, and how its errors end it. */
import { UserError } from '../errors.ts'
import { createReporter, chooseMode, type Reporter } from '../ui/create-reporter.ts'
import { errorDocument, exitCodeOf, formatError } from '../ui/print-error.ts'
import { canRedraw, wantsColor } from '../ui/style.ts'

export interface CommonFlags {
  readonly json?: boolean
  readonly quiet?: boolean
  readonly color?: boolean
  readonly directory?: string
  readonly set?: readonly string[]
  readonly [flag: string]: unknown
}

export interface Output {
  readonly json: boolean
  readonly quiet: boolean
  readonly color: boolean
  readonly columns: number
  /** A result: goes to stdout. */
  print(text: string): void
  /** A word beside the result: goes to stderr, unless `--quiet`. */
  say(text: string): void
  createReporter(): Reporter
  /** Prints an error for people and gives its exit code; NDJSON already ended with its `result`. */
  fail(error: unknown): number
  /** Runs a handler in the asked folder; an error is printed once, here, and becomes the exit code. */
  guard(handler: () => Promise<number>): Promise<number>
}

const MOST_COLUMNS = 100

export function loadOutput(command: string, flags: CommonFlags): Output {
  const json = flags.json === true
  const quiet = flags.quiet === true
  const off = flags.color === false ? { flag: false } : {}
  const color = !json && wantsColor({ isTTY: process.stdout.isTTY === true, ...off })
  const { stdout, stderr } = process
  const fail = (error: unknown): number => {
    const paint = wantsColor({ isTTY: stderr.isTTY === true, ...off })
    stderr.write(`${formatError(error, { color: paint, command })}\n`)
    return exitCodeOf(error)
  }
  return {
    json,
    quiet,
    color,
    columns: Math.min(MOST_COLUMNS, stdout.columns ?? MOST_COLUMNS),
    print: (text) => void stdout.write(`${text}\n`),
    say: (text) => void (quiet || json || stderr.write(`${text}\n`)),
    createReporter() {
      const redraw = canRedraw({ isTTY: stderr.isTTY === true, columns: stderr.columns })
      const mode = chooseMode({ json, quiet, canRedraw: redraw })
      const paint = wantsColor({ isTTY: stderr.isTTY === true, ...off })
      return createReporter({ mode, stdout, stderr, color: paint, now: Date.now })
    },
    fail,
    async guard(handler) {
      try {
        if (flags.directory !== undefined) enter(flags.directory)
        return await handler()
      } catch (error) {
        if (json) stdout.write(`${JSON.stringify(errorDocument(error))}\n`)
        return fail(error)
      }
    },
  }
}

function enter(directory: string): void {
  try {
    process.chdir(directory)
  } catch (cause) {
    throw new UserError(`There is no folder ${directory}.`, {
      reason: 'preflight',
      code: 'folder-missing',
      hint: 'Name one that is there: -C DIR',
      cause,
    })
  }
}
