import { closeSync } from 'node:fs'
import { isatty } from 'node:tty'

/**
 * Lets the program end in peace when its terminal was closed meanwhile. At its end Node gives a terminal the settings back that it had, and
 * aborts where that fails (SIGABRT in place of the exit code); what was closed it leaves alone.
 */
export function surviveClosedTerminal(): void {
  const terminals = [0, 1, 2].filter((descriptor) => isatty(descriptor))
  process.on('exit', () => terminals.filter((descriptor) => !isatty(descriptor)).forEach(closeQuietly))
}

function closeQuietly(descriptor: number): void {
  try {
    closeSync(descriptor)
  } catch {
    // Somebody closed it before.
  }
}
