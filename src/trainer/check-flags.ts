import { UserError } from '../errors.ts'

/** The names of the flags that a script with argparse takes, read from its text. */
export function parseFlagNames(script: string): Set<string> {
  return new Set(
    [...script.matchAll(/add_argument\(\s*["'](--[A-Za-z0-9_-]+)["']/g)].map((match) => match[1]!),
  )
}

/** @throws UserError `trainer-flags` when the script does not know one of the flags. */
export function checkFlags(args: readonly string[], script: string, file: string): void {
  const known = parseFlagNames(script)
  const used = args.filter((arg) => arg.startsWith('--')).map((arg) => arg.split('=')[0]!)
  const unknown = used.filter((flag) => !known.has(flag))
  if (unknown.length === 0) return
  throw new UserError(`The training script does not take ${unknown.join(', ')}: ${file}`, {
    code: 'trainer-flags',
    hint: 'Use the pinned script: leave train.script out.',
  })
}
