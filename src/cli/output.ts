/** What every command shares: where it prints, in which form, how its errors end it, and how its messages name commands. */
import { existsSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { COMMANDS, type CommandName } from '../command-line.ts'
import { UserError } from '../errors.ts'
import { explainFileError } from '../file-error.ts'
import { completeCommands, type Invocation } from '../next-step.ts'
import type { Reporter } from '../ui/create-reporter.ts'
import { observeStart } from '../ui/how-started.ts'
import { errorDocument, exitCodeOf, formatError } from '../ui/print-error.ts'
import { formatJson } from '../ui/text.ts'
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
  /** The folder in which the program was started; later ones depend on `-C` and on the run. */
  readonly startFolder: string
  /** How the program was started, for the commands that messages name. */
  readonly invocation: () => Invocation
  /** From now on, messages name commands with these. */
  invoke(change: Partial<Invocation>): void
  /** Fills the commands that a text or document names. */
  complete<T>(value: T): T
  /** A path as the person sees it from where they are, whatever `-C` says. */
  here(path: string): string
  /** A result: goes to stdout. */
  print(text: string): void
  /** A result for programs: goes to stdout as JSON. */
  printJson(document: unknown): void
  /** A word beside the result: goes to stderr, unless `--quiet`. */
  say(text: string): void
  /** Loads what shows a run, which other commands don't need. */
  createReporter(): Promise<Reporter>
  /** Prints an error for people and returns its exit code; NDJSON already ended with its `result`. */
  fail(error: unknown): number
  /** Runs a handler in the asked folder; an error is printed once, here, and becomes the exit code. */
  guard(handler: () => Promise<number>): Promise<number>
}

export const DEFAULT_CONFIG = './controlnet.yaml'

const MOST_COLUMNS = 100

export function createOutput(command: string, args: readonly unknown[], flags: CommonFlags): Output {
  const json = flags.json === true
  const quiet = flags.quiet === true
  const off = flags.color === false ? { flag: false } : {}
  const color = !json && wantsColor({ isTTY: process.stdout.isTTY === true, ...off })
  const { stdout, stderr } = process
  const start = observeStart()
  let invocation: Invocation = {
    kit: start.kit,
    folder: flags.directory ?? nullIfEmpty(relative(start.shellFolder, process.cwd())),
    config: configArgument(command, args),
    set: flags.set ?? [],
    run: null,
  }
  const complete = <T>(value: T): T => completeCommands(value, invocation)
  const fail = (thrown: unknown): number => {
    const error = explainFileError(thrown)
    const paint = wantsColor({ isTTY: stderr.isTTY === true, ...off })
    stderr.write(`${complete(formatError(error, { color: paint, command }))}\n`)
    return exitCodeOf(error)
  }
  const print = (text: string): void => void stdout.write(`${complete(text)}\n`)
  const printJson = (document: unknown): void => void stdout.write(`${formatJson(complete(document))}\n`)
  return {
    json,
    quiet,
    color,
    startFolder: start.workingDirectory,
    columns: Math.min(MOST_COLUMNS, stdout.columns ?? MOST_COLUMNS),
    invocation: () => invocation,
    invoke: (change) => void (invocation = { ...invocation, ...change }),
    complete,
    here: (path) => nullIfEmpty(relative(start.shellFolder, path)) ?? '.',
    print,
    printJson,
    say: (text) => void (quiet || json || stderr.write(`${complete(text)}\n`)),
    async createReporter() {
      const { chooseMode, createReporter } = await import('../ui/create-reporter.ts')
      const redraw = canRedraw({ isTTY: stderr.isTTY === true, columns: stderr.columns })
      const mode = chooseMode({ json, quiet, canRedraw: redraw })
      const paint = wantsColor({ isTTY: stderr.isTTY === true, ...off })
      return createReporter({ mode, stdout, stderr, color: paint, now: Date.now, complete })
    },
    fail,
    async guard(handler) {
      try {
        if (flags.directory !== undefined) enter(flags.directory)
        requireName(process.cwd())
        return await handler()
      } catch (error) {
        if (json) printJson(errorDocument(explainFileError(error)))
        return fail(error)
      }
    },
  }
}

function nullIfEmpty(text: string): string | null {
  return text === '' ? null : text
}

/** The config as named on the command line; null where the command takes none, or none was named. */
function configArgument(command: string, args: readonly unknown[]): string | null {
  const spec = command in COMMANDS ? COMMANDS[command as CommandName] : null
  const place = spec?.usage.split(' ').indexOf('[config]') ?? -1
  const given = place < 0 ? undefined : args[place]
  return typeof given === 'string' && !isDefaultConfig(given) ? given : null
}

/** Whether a config needs no naming on the command line. */
export function isDefaultConfig(file: string): boolean {
  return resolve(file) === resolve(DEFAULT_CONFIG)
}

/** Node puts U+FFFD in the place of bytes that are not UTF-8; paths made from such a name lead nowhere. */
function requireName(folder: string): void {
  if (!folder.includes('\uFFFD') || existsSync(folder)) return
  throw new UserError(`The name of the working directory is not UTF-8 text: ${folder}`, {
    reason: 'preflight',
    code: 'folder-name',
    hint: 'Rename it, or work in another folder.',
  })
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
