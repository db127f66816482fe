/** Starts this program once more, so that it outlives us and the terminal. */
import { closeSync, openSync } from 'node:fs'
import { execa } from 'execa'

interface DetachedOptions {
  /** Command line of the kit. */
  readonly args: readonly string[]
  readonly cwd: string
  /** Both outputs are added to this file. */
  readonly log: string
}

export interface DetachedProgram {
  readonly pid: number
  /** Null while it runs. */
  exitCode(): number | null
}

/** In a session of its own: what ends the programs of a terminal does not reach it. */
export function startDetached({ args, cwd, log }: DetachedOptions): DetachedProgram {
  const output = openSync(log, 'a')
  try {
    const program = execa(process.execPath, [...process.execArgv, process.argv[1]!, ...args], {
      ...{ detached: true, cleanup: false, buffer: false, reject: false, cwd },
      // execa takes any file descriptor; its types know those below ten.
      stdio: ['ignore', output as 3, output as 3],
    })
    if (program.pid === undefined) throw new Error(`${process.execPath} can't be started`)
    program.unref()
    const { pid } = program
    return { pid, exitCode: () => program.exitCode ?? (program.signalCode === null ? null : 1) }
  } finally {
    closeSync(output)
  }
}
