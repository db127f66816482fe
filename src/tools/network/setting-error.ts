import { UserError } from '../../errors.ts'
import type { Contact } from '../../types.ts'

/** An environment variable with an invalid value. Planning turns it into a failed check. */
export class SettingError extends UserError {
  readonly setting: NonNullable<Contact['problem']>

  constructor(setting: NonNullable<Contact['problem']>) {
    const { code, found, expected, remedy } = setting
    super(`${found}; expected ${expected}.`, { reason: 'preflight', code, hint: remedy })
    this.setting = setting
  }
}
