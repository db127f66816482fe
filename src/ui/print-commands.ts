/** The exact commands of a plan, as one could type them. */
import type { Command, Plan } from '../types.ts'
import { cleanText, type Line } from './text.ts'

/** By stage; each flag stands on its own line, and the whole can be copied. */
export function formatCommands({ stages }: Pick<Plan, 'stages'>, workingDirectory: string): Line[] {
  const running = stages.filter(({ action, commands }) => action !== 'reuse' && commands.length > 0)
  return running.flatMap(({ title, commands }) =>
    [
      [['dim', `# ${cleanText(title)}`] as const],
      ...commands.flatMap((command) => commandLines(command, workingDirectory)),
    ].map((line): Line => ['  ', ...line]),
  )
}

function commandLines({ file, args, env, cwd }: Command, workingDirectory: string): Line[] {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${quote(value)}`)
  const [first = '', ...rest] = groupArguments([...variables, quote(file), ...args.map(quote)])
  const lines = [first, ...rest.map((text) => `  ${text}`)]
  const folder: Line[] = cwd === '' || cwd === workingDirectory ? [] : [[`cd ${quote(cwd)} &&`]]
  return [...folder, ...lines.map((line, index): Line => [index < lines.length - 1 ? `${line} \\` : line])]
}

/** Words up to the next flag belong together: `--seed 42`. */
function groupArguments(words: readonly string[]): string[] {
  const groups: string[] = []
  for (const word of words) {
    if (groups.length === 0 || word.startsWith('--')) groups.push(word)
    else groups[groups.length - 1] += ` ${word}`
  }
  return groups
}

const PLAIN = /^[\w@%+=:,./{}-]+$/

/** For a POSIX shell. `{run}` and the like stay readable. */
function quote(word: string): string {
  if (PLAIN.test(word)) return word
  return `'${cleanText(word).replaceAll("'", "'\\''")}'`
}
