/** What the system's errors about files mean, for a person. The one place that knows them. */
import { constants } from 'node:os'
import { FileError, UserError, type ExitReason } from './errors.ts'

interface Fault {
  readonly code: string
  readonly problem: string
  /** What helps where a file can't be written. */
  readonly hint: string
  /** What helps where it can't be read, if that is something else. */
  readonly readHint?: string
}

const AGAIN = 'then run the same command again'
const READ_PERMISSION = 'Give yourself permission to read it.'

const FULL = { code: 'disk-full', hint: `Free some space, or choose another disk, ${AGAIN}.` }
const FORBIDDEN = {
  code: 'not-writable',
  hint: 'Give yourself write permission, or choose another folder.',
  readHint: READ_PERMISSION,
}
const BROKEN: Fault = {
  code: 'disk-fault',
  problem: 'the disk, or the connection to it, failed',
  hint: `Look at the disk (dmesg tells more), or choose another one, ${AGAIN}.`,
}
const GONE: Fault = {
  code: 'disk-gone',
  problem: 'its disk or network share is not there any more',
  hint: `Connect it again, ${AGAIN}.`,
}
const BUSY: Fault = {
  code: 'file-busy',
  problem: 'another program is using it',
  hint: `End that program, ${AGAIN}.`,
}
const TOO_MANY: Fault = {
  code: 'too-many-files',
  problem: 'too many files are open',
  hint: `Raise the limit (ulimit -n 4096), ${AGAIN}.`,
}

const FAULTS: Readonly<Record<string, Fault>> = {
  ENOSPC: { ...FULL, problem: 'the disk is full' },
  EDQUOT: { ...FULL, problem: 'your disk quota is used up' },
  EFBIG: {
    code: 'file-too-large',
    problem: 'it is larger than the file system, or a limit of your shell, allows',
    hint: `Raise the limit (ulimit -f unlimited), or choose another disk, ${AGAIN}.`,
  },
  EACCES: { ...FORBIDDEN, problem: 'permission denied' },
  EPERM: { ...FORBIDDEN, problem: 'operation not permitted' },
  EROFS: {
    code: 'not-writable',
    problem: 'the file system is read-only',
    hint: 'Choose a folder on another file system.',
  },
  ENOTDIR: {
    code: 'not-a-folder',
    problem: 'a part of this path is a file, not a folder',
    hint: 'Choose another folder.',
  },
  EEXIST: {
    code: 'not-a-folder',
    problem: 'there is a file where a folder should be',
    hint: 'Choose another folder.',
  },
  EISDIR: {
    code: 'not-a-file',
    problem: 'there is a folder where a file should be',
    hint: 'Move that folder away.',
  },
  ENAMETOOLONG: {
    code: 'name-too-long',
    problem: 'the name is longer than the file system allows',
    hint: 'Choose a shorter name, or a folder with a shorter path.',
  },
  ELOOP: { code: 'link-loop', problem: 'a link leads back to itself', hint: 'Remove that link.' },
  EIO: BROKEN,
  EREMOTEIO: BROKEN,
  EUCLEAN: BROKEN,
  ESTALE: GONE,
  ENODEV: GONE,
  ENXIO: GONE,
  ENOTCONN: GONE,
  EHOSTDOWN: GONE,
  ENOTEMPTY: { ...BUSY, problem: 'another program writes into that folder' },
  EBUSY: BUSY,
  ETXTBSY: BUSY,
  EMFILE: TOO_MANY,
  ENFILE: TOO_MANY,
}

interface FileErrorOptions {
  /** What was tried. */
  readonly action?: 'write' | 'read'
  readonly reason?: ExitReason
}

/** What the system said about `path`, for a person; errors that no person can mend are returned as they are. */
export function fileError(
  error: unknown,
  path: string,
  { action = 'write', reason }: FileErrorOptions = {},
): unknown {
  const name = nameSystemError(error)
  const fault = FAULTS[name ?? '']
  if (fault === undefined || error instanceof UserError) return error
  const { code, problem, hint, readHint = hint } = fault
  const isUnreadable = action === 'read' && code === 'not-writable'
  return new FileError(`Can't ${action} ${path}: ${problem} (${name}).`, {
    code: isUnreadable ? 'not-readable' : code,
    hint: action === 'read' ? readHint : hint,
    cause: error,
    ...(reason === undefined ? {} : { reason }),
  })
}

/** Why a file can't be used, to stand behind a colon: `permission denied (EACCES)`. */
export function describeFileProblem(error: unknown): string {
  const name = nameSystemError(error)
  const problem = FAULTS[name ?? '']?.problem
  if (problem !== undefined) return `${problem} (${name})`
  return name ?? (error instanceof Error ? error.message : String(error))
}

/** What helps where a file or folder can't be read. */
export function adviseReading(error: unknown): string {
  const fault = FAULTS[nameSystemError(error) ?? '']
  return fault?.readHint ?? fault?.hint ?? READ_PERMISSION
}

/**
 * The system's name of an error: `EDQUOT`; null where it is none of the system's. Node has no names for some of them, and
 * calls them `Unknown system error -122`.
 */
export function nameSystemError(error: unknown): string | null {
  const { code, errno } = (error ?? {}) as NodeJS.ErrnoException
  if (typeof code !== 'string') return null
  if (/^E[A-Z0-9]+$/.test(code)) return code
  return NAMES.get(-(errno ?? 0)) ?? (code.startsWith('Unknown system error') ? code : null)
}

/** Errors of Linux that Node has no constants for. */
const MORE = process.platform === 'linux' ? { EHOSTDOWN: 112, EUCLEAN: 117, EREMOTEIO: 121 } : {}

/** By number, which differs between systems. */
const NAMES = new Map<number, string>(
  Object.entries({ ...MORE, ...constants.errno }).map(([name, number]) => [number, name]),
)

const FILE_CALLS = new Set(
  'access chmod close copyfile fdatasync fstat fsync ftruncate futime link lstat mkdir open opendir read readlink realpath rename rm rmdir scandir stat statfs symlink truncate unlink utime write'.split(
    ' ',
  ),
)
const READING = new Set('access fstat lstat opendir read readlink realpath scandir stat statfs'.split(' '))

/** An error of the system that nobody caught, about a file whose path may not be known. */
export function explainFileError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof UserError) return error
  const { syscall, path, dest } = error as NodeJS.ErrnoException & { dest?: string }
  if (syscall === undefined || !FILE_CALLS.has(syscall)) return error
  return fileError(error, dest ?? path ?? 'a file', { action: READING.has(syscall) ? 'read' : 'write' })
}
