/** What disks refuse. */
import { findPythonFileError } from '../../../environment/python-file-errors.ts'
import { atStep, endsWith, says, type FailureKind } from '../failure-kind.ts'
import { RESUME, thenResume } from '../remedies.ts'

const UNFINISHED = 'The newest checkpoint may be unfinished; it is left out.'

/** Errors that every program of Python prints alike; one row for each code. */
const FILE_KINDS: readonly FailureKind[] = [
  'disk-full',
  'file-too-large',
  'not-writable',
  'disk-fault',
  'disk-gone',
].map((code) => ({
  code,
  recognise: ({ message }) => findPythonFileError(message)?.code === code,
  message: (failure, { message }) => `${findPythonFileError(message)!.message} (${atStep(failure)}).`,
  hint: (_, { message }) => `${thenResume(findPythonFileError(message)!.hint)}\n${UNFINISHED}`,
}))

export const DISK_KINDS: readonly FailureKind[] = [
  ...FILE_KINDS,
  {
    code: 'disk-full',
    // PyTorch's writer does not say why: most often it is this.
    recognise: says(/enforce fail at inline_container|iostream error|PytorchStreamWriter failed/),
    message: (failure) => `The disk is full (${atStep(failure)}).`,
    hint: () => `${thenResume('Free some space')}\n${UNFINISHED}`,
  },
  {
    code: 'not-permitted',
    recognise: endsWith(/\[Errno (13|1)\]|\(os error (13|1)\)/),
    message: (failure, { words }) => `A file may not be read or written (${atStep(failure)}): ${words}`,
    hint: () => thenResume('Give yourself permission for the path that it names'),
  },
  {
    code: 'too-many-files',
    recognise: says(/\[Errno 24\]|Too many open files/),
    message: (failure) => `Too many files were open (${atStep(failure)}).`,
    hint: () => thenResume('Raise the limit (ulimit -n 4096)'),
  },
  {
    code: 'not-a-folder',
    recognise: endsWith(/\[Errno (17|20)\]|FileExistsError|NotADirectoryError/),
    message: (_, { words }) => `There is a file where the trainer needs a folder: ${words}`,
    hint: () => `Move that file away, then: ${RESUME}`,
  },
]
