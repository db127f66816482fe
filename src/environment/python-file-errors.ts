/** What Python programs print when a disk does not take what they write: OSError, safetensors (Rust), pip. Pure. */

export interface PythonFileError {
  /** As in `src/file-error.ts`, which knows the errors of the kit itself. */
  readonly code: string
  /** Begins a sentence, without its end. */
  readonly message: string
  readonly hint: string
}

interface Rule extends PythonFileError {
  readonly pattern: RegExp
}

const ROOM = 'Free some space'

const RULES: readonly Rule[] = [
  {
    pattern: /No space left on device|\[Errno 28\]|\(os error 28\)|\[WinError 112\]/,
    code: 'disk-full',
    message: 'The disk is full',
    hint: ROOM,
  },
  {
    pattern: /Disk quota exceeded|\[Errno 122\]|\(os error 122\)/,
    code: 'disk-full',
    message: 'Your disk quota is used up',
    hint: ROOM,
  },
  {
    pattern: errorLine(27),
    code: 'file-too-large',
    message: 'A file became larger than the file system, or a limit of your shell (ulimit -f), allows',
    hint: 'Raise the limit, or choose another disk',
  },
  {
    pattern: errorLine(30),
    code: 'not-writable',
    message: 'The file system is read-only',
    hint: 'Look why (dmesg tells more), or choose another disk',
  },
  {
    pattern: errorLine(5),
    code: 'disk-fault',
    message: 'The disk, or the connection to it, failed',
    hint: 'Look at the disk (dmesg tells more), or choose another one',
  },
  {
    pattern: errorLine(116),
    code: 'disk-gone',
    message: 'A disk or network share is not there any more',
    hint: 'Connect it again',
  },
]

/** Warnings of libraries may name such errors too, so only the line of an exception counts. */
function errorLine(number: number): RegExp {
  return new RegExp(`^(ERROR: .*)?[\\w.]*Error: .*(\\[Errno ${number}\\]|\\(os error ${number}\\))`, 'm')
}

/** Null when the text names no such error. */
export function findPythonFileError(text: string): PythonFileError | null {
  return RULES.find(({ pattern }) => pattern.test(text)) ?? null
}
