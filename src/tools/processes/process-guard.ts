/** A second process that ends what we started, should we be killed ourselves: then nobody else would. */
import { execa } from 'execa'
import { packageRoot, programFile } from '../package-root.ts'
import { QUIET } from './start-program.ts'

export interface ProcessGuard {
  /** The program, as soon as it runs; before, it would be found by the marker in its environment. */
  watch(pid: number): void
  /** When nothing is left to guard. */
  dismiss(): void
}

/**
 * It waits for the end of a pipe that only we hold: however we end, the system closes it. Then it kills whatever has the
 * marker or descends from the program. Out of reach of what ends a terminal's programs.
 */
export function startGuard(marker: string): ProcessGuard {
  const { PATH } = process.env
  const guard = execa(process.execPath, [programFile('process-guard-main')], {
    ...QUIET,
    cwd: packageRoot,
    env: { ...(PATH !== undefined && { PATH }) },
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  // Without it all goes on as before.
  guard.on('error', () => undefined)
  guard.stdin.on('error', () => undefined)
  guard.unref()
  guard.stdin.write(`${marker}\n`)
  return {
    watch: (pid) => void guard.stdin.write(`${pid}\n`),
    dismiss: () => void guard.kill('SIGKILL'),
  }
}
