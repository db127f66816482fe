/** The exact commands of a plan, as one could type them. */
import type { Command, Plan } from '../types.ts'
import { cleanText, wrapText, type Line } from './text.ts'

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

/** `pip, fetch_model.py, accelerate → train_controlnet.py`: what is started, in order, and where the whole is shown. */
export function programLines({ stages }: Pick<Plan, 'stages'>, room: number): Line[] {
  const running = stages.filter(({ action }) => action !== 'reuse').flatMap(({ commands }) => commands)
  const names = [...new Set(running.map(nameProgram))]
  if (names.length === 0) return []
  return wrapText(`${names.map(cleanText).join(', ')}   ${SHOWS_WHOLE}`, room).map((line) => [line])
}

const SHOWS_WHOLE = '--commands shows them whole'

/** The script or the module that does the work, not the programs that start it. */
function nameProgram({ file, args }: Command): string {
  const scripts = args.filter((word) => word.endsWith('.py')).map((word) => word.split('/').at(-1)!)
  const script = scripts.at(-1)
  if (args.includes('--launcher') && script !== undefined) return `accelerate → ${script}`
  if (script === 'run_module.py') return args[args.findIndex((word) => word.endsWith(script)) + 1]!
  return script ?? file.split('/').at(-1)!
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
