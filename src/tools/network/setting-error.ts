import { UserError } from '../../errors.ts'
import type { Contact } from '../../types.ts'

/** A variable of the environment that can't mean what it says. Planning makes a failed check of it. */
export class SettingError extends UserError {
  readonly setting: NonNullable<Contact['problem']>

  constructor(setting: NonNullable<Contact['problem']>) {
    const { code, found, expected, remedy } = setting
    super(`${found}; expected ${expected}.`, { reason: 'preflight', code, hint: remedy })
    this.setting = setting
  }
}
