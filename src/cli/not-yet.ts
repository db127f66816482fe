import { UserError } from '../errors.ts'

/** A command that the documentation names and that is not built yet: exit code 2. */
export function notYet(name: string) {
  return async (): Promise<number> => {
    throw new UserError(`controlnet-kit ${name} is not available yet.`, {
      reason: 'usage',
      code: 'not-available',
      hint: 'controlnet-kit --help shows what there is.',
    })
  }
}
