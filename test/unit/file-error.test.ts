import { constants } from 'node:os'
import { describe, expect, it } from 'vitest'
import { exitReasonOf, UserError } from '../../src/errors.ts'
import { describeFileProblem, explainFileError, fileError, nameSystemError } from '../../src/file-error.ts'

/** As Node makes it: errors that it has no name for get their number. */
function systemError(name: string, more: Record<string, unknown> = {}): Error {
  const errno = -(constants.errno as Record<string, number>)[name]!
  const code = UNNAMED.includes(name) ? `Unknown system error ${errno}` : name
  return Object.assign(new Error(`${code}: …, write`), { errno, code, syscall: 'write', ...more })
}

const UNNAMED = ['EDQUOT', 'ESTALE']

describe('fileError', () => {
  it.each([
    ['ENOSPC', 'disk-full', 'the disk is full'],
    ['EDQUOT', 'disk-full', 'your disk quota is used up'],
    ['EFBIG', 'file-too-large', 'it is larger than the file system, or a limit of your shell, allows'],
    ['EIO', 'disk-fault', 'the disk, or the connection to it, failed'],
    ['ESTALE', 'disk-gone', 'its disk or network share is not there any more'],
    ['ENODEV', 'disk-gone', 'its disk or network share is not there any more'],
    ['EROFS', 'not-writable', 'the file system is read-only'],
    ['EACCES', 'not-writable', 'permission denied'],
    ['EPERM', 'not-writable', 'operation not permitted'],
    ['ENAMETOOLONG', 'name-too-long', 'the name is longer than the file system allows'],
    ['EBUSY', 'file-busy', 'another program is using it'],
    ['ENOTEMPTY', 'file-busy', 'another program writes into that folder'],
    ['EMFILE', 'too-many-files', 'too many files are open'],
    ['ELOOP', 'link-loop', 'a link leads back to itself'],
    ['ENOTDIR', 'not-a-folder', 'a part of this path is a file, not a folder'],
    ['EISDIR', 'not-a-file', 'there is a folder where a file should be'],
  ])('%s: %s', (name, code, problem) => {
    const error = fileError(systemError(name), '/data/x') as UserError
    expect([error.code, error.message]).toEqual([code, `Can't write /data/x: ${problem} (${name}).`])
    expect(error.hint).toMatch(/^\S.*\.$/)
  })

  it('says what was tried, and what helps then', () => {
    const error = fileError(systemError('EACCES'), '/data/x', { action: 'read' })
    expect(error).toMatchObject({
      code: 'not-readable',
      message: "Can't read /data/x: permission denied (EACCES).",
      hint: 'Give yourself permission to read it.',
    })
  })

  it('leaves what no person can mend as it is, and what has been explained', () => {
    for (const error of [new TypeError('x'), systemError('EINVAL'), new UserError('said'), null])
      expect(fileError(error, '/data/x')).toBe(error)
  })
})

describe('explainFileError', () => {
  it.each([
    [
      systemError('EIO', { path: '/data/a' }),
      "Can't write /data/a: the disk, or the connection to it, failed (EIO).",
    ],
    [systemError('EDQUOT'), "Can't write a file: your disk quota is used up (EDQUOT)."],
    [
      systemError('ESTALE', { syscall: 'scandir', path: '/data' }),
      "Can't read /data: its disk or network share is not there any more (ESTALE).",
    ],
    [
      systemError('ENOSPC', { syscall: 'copyfile', path: '/from', dest: '/to' }),
      "Can't write /to: the disk is full (ENOSPC).",
    ],
  ])('explains what nobody caught: %s', (error, message) => {
    const explained = explainFileError(error)
    expect(explained).toMatchObject({ message, cause: error })
    expect([exitReasonOf(explained), exitReasonOf(explained, 'dataset')]).toEqual(['preflight', 'dataset'])
  })

  it('takes no other error for one of files', () => {
    for (const error of [
      systemError('EACCES', { syscall: 'spawn python3' }),
      systemError('ENOTCONN', { syscall: 'shutdown' }),
      new Error('no disk'),
      'EIO',
    ])
      expect(explainFileError(error)).toBe(error)
  })
})

it.each([
  ['EIO', 'the disk, or the connection to it, failed (EIO)'],
  ['EDQUOT', 'your disk quota is used up (EDQUOT)'],
  ['EINVAL', 'EINVAL'],
])('describeFileProblem(%s)', (name, text) => expect(describeFileProblem(systemError(name))).toBe(text))

it('keeps a number that it has no name for', () => {
  const error = Object.assign(new Error('?'), { errno: -4444, code: 'Unknown system error -4444' })
  expect(nameSystemError(error)).toBe('Unknown system error -4444')
  expect(nameSystemError(Object.assign(new Error('?'), { code: 'ERR_BUFFER_TOO_LARGE' }))).toBe(null)
})
