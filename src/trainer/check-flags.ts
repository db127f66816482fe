import { UserError } from '../errors.ts'
import { parseScript } from './script-arguments.ts'

/** @throws UserError `trainer-flags` when the script does not know one of the flags. */
export function checkFlags(args: readonly string[], script: string, file: string): void {
  const known = new Set(parseScript(script).arguments.map(({ name }) => `--${name}`))
  const unknown = findUnknownFlags(args, known)
  if (unknown.length === 0) return
  throw new UserError(`The training script does not take ${unknown.join(', ')}: ${file}`, {
    code: 'trainer-flags',
    hint: 'Use the pinned script: leave train.script out.',
  })
}

/** Flags of a command line that are not among the known ones, `--name` each. */
export function findUnknownFlags(args: readonly string[], known: ReadonlySet<string>): string[] {
  const used = args.filter((arg) => arg.startsWith('--')).map((arg) => arg.split('=')[0]!)
  return used.filter((flag) => !known.has(flag))
}
