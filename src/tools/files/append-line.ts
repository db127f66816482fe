import { appendFileSync } from 'node:fs'
import { fileError } from '../../file-error.ts'

/** Adds a line of JSON with one write, so that a kill leaves at most the last one torn. Throws a UserError where it can't. */
export function appendLine(path: string, value: unknown): void {
  try {
    appendFileSync(path, `${JSON.stringify(value)}\n`)
  } catch (error) {
    throw fileError(error, path)
  }
}
