/** How a failed trainer ended. */
export interface TrainerEnd {
  /** The error that ended it, one line: `OSError: [Errno 28] No space left on device`; '' when it printed none. */
  readonly error: string
  /** The same for people: short, with the next line where the first only announces it. */
  readonly words: string
  /** The error with the lines that belong to its message, and the errors that led to it. */
  readonly message: string
  /** Which of several processes failed: `[rank1]:`; '' where there is one. */
  readonly rank: string
  /** The places in the code at which those errors were raised. */
  readonly frames: string
  /** The signal that ended it, as in `SIGKILL`; null when it ended by itself. */
  readonly signal: string | null
  /** Whether a process of the training lost its connection to another one. */
  readonly isDisconnected: boolean
}

interface EndInput {
  /** What the trainer and its launcher printed last, without bars. */
  readonly lines: readonly string[]
  /** The signal that ended the launcher. */
  readonly signal: string | null
}

/**
 * Reads the cause of a failure: the last error of Python before the launcher's own traceback, or the signal that ended the
 * process. Older warnings and errors that were caught don't count. The grammar, recorded: test/fixtures/failures.
 */
export function readTrainerEnd({ lines, signal: ended }: EndInput): TrainerEnd {
  const printed = dropIgnored(lines.map(splitRank))
  const start = launcherTraceback(printed)
  const own = printed.slice(0, start)
  const signal = launcherSignal(printed.slice(start).map(({ text }) => text)) ?? ended
  const isDisconnected = own.some(({ text }) => DISCONNECTED.test(text))
  // Python's own errors end a process with an exit code. What a signal ended was not ended by them.
  const found = signal === null || signal === 'SIGINT' ? findError(own) : findNativeError(own)
  const launcher = found === null && signal === null ? findLauncherError(printed) : null
  const none = { error: launcher ?? '', message: launcher ?? '', rank: '', frames: '' }
  const { error, message, rank, frames } = found ?? none
  return { error, words: shorten(error, message), message, rank, frames, signal, isDisconnected }
}

const LONGEST = 200

/** An error that only says that there was one stands for the one that led to it. */
const SAYS_NOTHING = /^[\w.]*DatasetGenerationError: An error occurred/

function shorten(error: string, message: string): string {
  const second = message.split('\n')[1]?.trim() ?? ''
  const cause = SAYS_NOTHING.test(error) && second !== '' ? second : error
  const whole = error.endsWith(':') ? `${error} ${second}` : cause
  if (whole.length <= LONGEST) return whole
  return `${whole.slice(0, whole.lastIndexOf(' ', LONGEST))} …`
}

/** A line, and which process of several printed it: `[rank1]: ValueError: …`. */
interface Line {
  readonly rank: string
  readonly text: string
}

function splitRank(line: string): Line {
  const [, rank = '', text = ''] = /^((?:\[rank\d+\]: ?)*)(.*)$/s.exec(line) ?? []
  return { rank: rank.trim(), text }
}

const TRACEBACK = /^(Original )?Traceback \(most recent call last\):/
const ERROR = /^[\w.]*(Error|Exception|Interrupt|Invalid)\b(: |$)|^\S+\.py: error: /

/** One process dies, and the others complain that they lost it. That is no cause. */
const DISCONNECTED =
  /gloo.*(Read error|Connection (closed|reset)|Broken pipe|Timed out)|Connection (reset|closed) by peer|DistBackendError|Watchdog caught collective operation timeout|ncclRemoteError/

/** Drops what Python prints of errors that it ignores, as at its end: `Exception ignored in: <function …>` and what follows. */
function dropIgnored(lines: readonly Line[]): Line[] {
  let ignoring = false
  return lines.filter(({ text }) => {
    if (text.startsWith('Exception ignored ')) ignoring = true
    if (!ignoring) return true
    if (ERROR.test(text)) ignoring = false
    return false
  })
}

/** Where the traceback begins that runs through accelerate's launcher; the end when there is none. */
function launcherTraceback(lines: readonly Line[]): number {
  let start = lines.length
  for (const [index, { text }] of lines.entries()) {
    if (TRACEBACK.test(text)) start = index
    if (/accelerate[/\\]commands[/\\]/.test(text) && start < lines.length) return start
  }
  return lines.length
}

const SIGNALS: Readonly<Record<string, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  4: 'SIGILL',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  15: 'SIGTERM',
}

/** `died with <Signals.SIGKILL: 9>.` with one process; `exitcode  : -9 (pid: 7)` under `Root Cause` with several. */
function launcherSignal(lines: readonly string[]): string | null {
  const died = lines.map((line) => /died with <Signals\.(SIG\w+)/.exec(line)?.[1]).find(Boolean)
  if (died !== undefined) return died
  // The launcher of several processes passes the signal on, and then ends with this.
  const passed = lines.map((line) => /SignalException: Process \d+ got signal: (\d+)/.exec(line)?.[1])
  const number = passed.find(Boolean)
  if (number !== undefined) return nameSignal(number)
  const root = lines.findIndex((line) => line.startsWith('Root Cause'))
  const code = lines
    .slice(Math.max(root, 0))
    .map((line) => /exitcode +: -(\d+) /.exec(line)?.[1])
    .find(Boolean)
  return code === undefined || root < 0 ? null : nameSignal(code)
}

const nameSignal = (number: string): string => SIGNALS[number] ?? `signal ${number}`

type Found = Pick<TrainerEnd, 'error' | 'message' | 'rank' | 'frames'>

function findError(lines: readonly Line[]): Found | null {
  const index = lines.findLastIndex(({ text }) => ERROR.test(text) && !DISCONNECTED.test(text))
  if (index < 0) return null
  const { rank, text: error } = lines[index]!
  const before = lines.slice(0, index).filter((line) => line.rank === rank)
  const after = lines.slice(index + 1).filter((line) => line.rank === rank)
  const chain = before.slice(chainStart(before)).map(({ text }) => text)
  const causes = chain.filter((text) => ERROR.test(text))
  const rest = after.map(({ text }) => text)
  const ends = rest.findIndex((text) => text.trim() === '' || ENDS_MESSAGE.test(text))
  const message = [error, ...rest.slice(0, ends < 0 ? MOST_LINES : Math.min(ends, MOST_LINES))]
  return {
    error: error.trim(),
    message: [...message, ...causes.reverse()].join('\n'),
    rank,
    frames: chain.filter((text) => text.startsWith('  ')).join('\n'),
  }
}

const MOST_LINES = 20
/** A log line, another traceback, an error, or the words of torch's launcher (`W1122 13:34:17.174000 …`). */
const ENDS_MESSAGE = /^\d\d\/\d\d\/\d{4} |Traceback \(most recent|^[WE]\d{4} |^[\w.]+(Error|Exception): /

/** Where the first traceback of a chain begins: each leads to the next by `During handling of the above exception …`. */
function chainStart(lines: readonly Line[]): number {
  let start = lines.findLastIndex(({ text }) => TRACEBACK.test(text))
  while (start > 0) {
    const link = lines.slice(0, start).findLastIndex(({ text }) => text.trim() !== '')
    if (link < 0 || !isLink(lines[link]!.text)) break
    const earlier = lines.slice(0, link).findLastIndex(({ text }) => TRACEBACK.test(text))
    if (earlier < 0) break
    start = earlier
  }
  return Math.max(start, 0)
}

const isLink = (text: string): boolean =>
  /^During handling of the above exception|^The above exception was the direct cause/.test(text) ||
  // The traceback of a data worker stands within the message of the error that it becomes.
  /Caught \w+ in DataLoader worker process/.test(text)

/** What C++ and Python itself print before they end the process by a signal. */
const NATIVE = /^\s*what\(\): |^Fatal Python error: |^ERROR: Unexpected bus error|ProcessGroupNCCL\.cpp/

function findNativeError(lines: readonly Line[]): Found | null {
  const found = lines.filter(({ text }) => NATIVE.test(text)).map(({ text }) => text.trim())
  const error = found.find((text) => DISCONNECTED.test(text)) ?? found.at(-1)
  return error === undefined ? null : { error, message: found.join('\n'), rank: '', frames: '' }
}

/** The launcher's own error, where it never started the trainer. */
function findLauncherError(lines: readonly Line[]): string | null {
  const last = lines.findLast(({ text }) => ERROR.test(text))?.text.trim()
  const repeats = last === undefined || /^(subprocess\.CalledProcessError|[\w.]*ChildFailedError)/.test(last)
  return repeats || DISCONNECTED.test(last) ? null : last
}
