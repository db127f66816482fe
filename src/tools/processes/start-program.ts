/** Starts a program as the leader of a group of its own. */
import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { existsSync } from 'node:fs'
import type { Readable, Writable } from 'node:stream'
import { UserError } from '../../errors.ts'
import type { Command } from '../../types.ts'
import { childEnvironment } from './child-environment.ts'

export type Program = ChildProcessByStdio<Writable | null, Readable, Readable>

interface StartOptions {
  /** In its environment, as `CNK_RUN_ID`. */
  readonly marker: string
  readonly hasInput: boolean
  /** A person's own program sees their whole environment; ours see an allow-listed part. */
  readonly isOwnProgram: boolean
}

/**
 * Starts a program in a process group of its own.
 *
 * @throws UserError (`program-missing`, `program-refused`) when it can't be started.
 */
export async function startProgram(
  command: Command,
  { marker, hasInput, isOwnProgram }: StartOptions,
): Promise<Program> {
  const environment = isOwnProgram ? process.env : childEnvironment(process.env)
  const child = spawn(command.file, [...command.args], {
    cwd: command.cwd,
    env: { ...environment, ...command.env, CNK_RUN_ID: marker },
    detached: true,
    stdio: [hasInput ? 'pipe' : 'ignore', 'pipe', 'pipe'],
  }) as Program
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', (error: NodeJS.ErrnoException) => reject(startError(command, error)))
  })
  return child
}

function startError(command: Command, error: NodeJS.ErrnoException): Error {
  if (!existsSync(command.cwd)) {
    return new UserError(
      `Can't start ${command.file}: its working directory ${command.cwd} does not exist.`,
      {
        code: 'folder-missing',
        cause: error,
      },
    )
  }
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') {
    return new UserError(`Can't start ${command.file}: there is no such program.`, {
      code: 'program-missing',
      hint: 'Install it, or mend the path.',
      cause: error,
    })
  }
  return new UserError(`Can't start ${command.file}: ${error.message}`, {
    code: 'program-refused',
    cause: error,
  })
}
