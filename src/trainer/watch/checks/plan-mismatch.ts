import { UserError } from '../../../errors.ts'
import { kitCommand } from '../../../next-step.ts'
import type { Finding } from './check.ts'

interface Mismatch {
  /** Ends `expected … for`: `the device`. */
  readonly what: string
  readonly expected: string
  readonly found: string
  readonly hint?: string
}

/** The trainer does something else than was agreed to, so it must not go on. */
export function planMismatch({ what, expected, found, hint }: Mismatch): Finding {
  const message = `The trainer does not do what was planned: expected ${expected} for ${what}, found ${found}.`
  return {
    type: 'problem',
    error: new UserError(message, {
      code: 'plan-mismatch',
      hint: hint ?? `Plan again: ${kitCommand('plan')}`,
    }),
  }
}
