import { appendFileSync } from 'node:fs'
import { fileError } from '../../file-error.ts'

/**
 * Appends a line of JSON with a single write, so that a kill can tear at most the last line. Throws a UserError when writing
 * fails.
 */
export function appendLine(path: string, value: unknown): void {
  try {
    appendFileSync(path, `${JSON.stringify(value)}\n`)
  } catch (error) {
    throw fileError(error, path)
  }
}
