/** Starts a program as the leader of a group of its own. */
import type { ChildProcessByStdio } from 'node:child_process'
import { existsSync } from 'node:fs'
import type { Readable, Writable } from 'node:stream'
import { execa } from 'execa'
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

/** Of execa only the start: what would buffer, kill or clean up is off (docs/decisions/execa.md). */
export const QUIET = {
  detached: true,
  cleanup: false,
  forceKillAfterDelay: false,
  buffer: false,
  reject: false,
  extendEnv: false,
  verbose: 'none',
} as const

/**
 * Starts a program in a process group of its own. It comes in a record: execa's object is a promise of the program's end too,
 * which whoever awaits the object alone would wait for.
 *
 * @throws UserError (`program-missing`, `program-refused`) when it can't be started.
 */
export async function startProgram(
  command: Command,
  { marker, hasInput, isOwnProgram }: StartOptions,
): Promise<{ readonly program: Program }> {
  const environment = isOwnProgram ? process.env : childEnvironment(process.env, command.inherit)
  const program = execa(command.file, command.args, {
    ...QUIET,
    cwd: command.cwd,
    env: { ...environment, ...command.env, CNK_RUN_ID: marker },
    stdio: [hasInput ? 'pipe' : 'ignore', 'pipe', 'pipe'],
  })
  const started = new Promise<null>((resolve) => program.once('spawn', () => resolve(null)))
  const ended = await Promise.race([started, program])
  if (ended !== null) throw startError(command, ended.cause as NodeJS.ErrnoException)
  return { program: program as unknown as Program }
}

function startError(command: Command, error: NodeJS.ErrnoException): Error {
  if (error.syscall === undefined) return error
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
