/** What a person reads when something fails, and what a program reads. */
import { inspect } from 'node:util'
import { COMMANDS, type CommandName } from '../command-line.ts'
import { EXIT_CODES, exitReasonOf, StoppedError, ToolError, UserError } from '../errors.ts'

export { exitReasonOf }
import type { ExitReason, Problem } from '../errors.ts'
import { kitCommand, kitHelp } from '../next-step.ts'
import { showSourcePositions } from './source-positions.ts'
import { createPaint, type Paint } from './style.ts'
import { cleanLines, cleanText, displayWidth, padText } from './text.ts'

export interface FormatErrorOptions {
  readonly color: boolean
  /** The command that failed: `train`. */
  readonly command?: string
}

/** The whole message, without a line end. Only a bug shows its stack. */
export function formatError(error: unknown, options: FormatErrorOptions): string {
  const paint = createPaint(options.color)
  if (error instanceof StoppedError) return formatStopped(error, options, paint)
  if (error instanceof UserError) return formatUserError(error, options, paint)
  if (error instanceof ToolError) return formatToolError(error, paint)
  return formatBug(error, options, paint)
}

function formatUserError(error: UserError, { command }: FormatErrorOptions, paint: Paint): string {
  const help = error.reason === 'usage' && isCommand(command) ? kitHelp(command) : null
  return [
    ...formatMessage(error.message, paint),
    ...formatProblems(error.problems),
    ...formatHint(error.hint ?? help, paint),
  ].join('\n')
}

/** The first line carries the mark; what follows stands below its text. */
function formatMessage(message: string, paint: Paint): string[] {
  const [first = '', ...rest] = cleanLines(message)
  return [`${paint('bad', '✖')} ${paint('bold', first)}`, ...rest.map((line) => `  ${line}`)]
}

/** Aligned columns: place, key, message. */
function formatProblems(problems: readonly Problem[]): string[] {
  const rows = problems.map(({ where, path, message }) => ({
    where: cleanText(where ?? ''),
    path: cleanText(path ?? ''),
    message: cleanLines(message),
  }))
  const whereWidth = columnWidth(rows.map(({ where }) => where))
  const pathWidth = columnWidth(rows.map(({ path }) => path))
  const indent = `\n${' '.repeat(2 + whereWidth + pathWidth)}`
  return rows.map(
    ({ where, path, message }) =>
      `  ${padColumn(where, whereWidth)}${padColumn(path, pathWidth)}${message.join(indent)}`,
  )
}

const WIDEST_COLUMN = 48

/** Of the texts that are not absurdly long, the widest and two blanks; nothing where all are empty. */
function columnWidth(texts: readonly string[]): number {
  const widths = texts.map(displayWidth).filter((width) => width > 0)
  return widths.length === 0 ? 0 : Math.max(0, ...widths.filter((width) => width <= WIDEST_COLUMN)) + 2
}

function padColumn(text: string, width: number): string {
  return displayWidth(text) < width || width === 0 ? padText(text, width) : `${text}  `
}

function formatHint(hint: string | null, paint: Paint): string[] {
  if (hint === null || hint === '') return []
  const [first = '', ...rest] = cleanLines(hint)
  return [`${paint('bold', '→')} ${first}`, ...rest.map((line) => `  ${line}`)]
}

function formatToolError(error: ToolError, paint: Paint): string {
  const log = error.logPath === null ? [] : [`  The whole log: ${cleanText(error.logPath)}`]
  return [
    ...formatMessage(error.message, paint),
    `  ${cleanText(error.command)}  ${paint('dim', endOf(error))}`,
    ...error.lastLines.map((line) => paint('dim', `  │ ${cleanText(line)}`.trimEnd())),
    ...log,
    ...formatHint(error.hint, paint),
  ].join('\n')
}

function endOf({ exitCode, signal }: ToolError): string {
  if (signal !== null) return `(ended by ${signal})`
  return exitCode === null ? '(did not start)' : `(exit code ${exitCode})`
}

function formatStopped(error: StoppedError, { command }: FormatErrorOptions, paint: Paint): string {
  if (command === 'prepare') return `Stopped. Go on with:  ${paint('bold', kitCommand('prepare'))}`
  if (error.resumable && (command === 'models' || command === 'env'))
    return 'Stopped. The same command goes on from there.'
  if (error.resumable) return `Stopped. Go on with:  ${paint('bold', kitCommand('resume'))}`
  const again = RESTARTS[command ?? '']
  if (again === undefined) return 'Stopped. The same command starts again from the beginning.'
  return `Stopped. There is no whole checkpoint yet to go on from. Start again with:  ${paint('bold', again)}`
}

/** The commands that train; what was stopped before its first whole checkpoint starts again with the same. */
const RESTARTS: Readonly<Record<string, string>> = {
  train: kitCommand('train'),
  resume: kitCommand('resume'),
}

function isCommand(name: string | undefined): name is CommandName {
  return name !== undefined && name in COMMANDS
}

function formatBug(error: unknown, { command }: FormatErrorOptions, paint: Paint): string {
  const message = error instanceof Error ? error.message : String(error)
  const stack = error instanceof Error ? inspect(error, { depth: 4 }) : new Error(message).stack
  return [
    ...formatMessage(`A bug in controlnet-kit${command ? ` (${command})` : ''}: ${message}`, paint),
    ...cleanLines(showSourcePositions(stack ?? '')).map((line) => paint('dim', `  ${line}`)),
    ...formatHint('Please report it, with the lines above and what you did.', paint),
  ].join('\n')
}

const SIGTERM_EXIT_CODE = 143

export function exitCodeOf(error: unknown, stage?: ExitReason): number {
  if (error instanceof StoppedError && !error.resumable && error.signal === 'SIGTERM')
    return SIGTERM_EXIT_CODE
  return EXIT_CODES[exitReasonOf(error, stage)]
}

export interface ErrorDocument {
  readonly v: 1
  readonly status: 'failed' | 'stopped'
  readonly exitReason: ExitReason
  readonly problems: readonly Problem[]
}

/** What `--json` prints in place of a result. */
export function errorDocument(error: unknown, stage?: ExitReason): ErrorDocument {
  const exitReason = exitReasonOf(error, stage)
  const status = error instanceof StoppedError ? 'stopped' : 'failed'
  return { v: 1, status, exitReason, problems: problemsOf(error) }
}

function problemsOf(error: unknown): readonly Problem[] {
  if (error instanceof UserError && error.problems.length > 0) return error.problems
  const message = error instanceof Error ? error.message : String(error)
  return [{ where: error instanceof ToolError ? error.logPath : null, path: null, message }]
}
