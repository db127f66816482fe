/** How this program was started: what a person has to type to start it again. */
import { basename, delimiter, dirname, isAbsolute, relative, resolve } from 'node:path'
import { quoteWord } from '../next-step.ts'

export interface Start {
  /** `npx controlnet-kit`, `controlnet-kit` or `node dist/start.cjs`. */
  readonly kit: string
  /** The folder in which the person typed the command, absolute. npm starts scripts in the folder of the package. */
  readonly shellFolder: string
  /** The folder in which the program began, absolute. */
  readonly workingDirectory: string
}

interface StartInput {
  /** `process.argv[1]`: the file that Node was started with; links are not followed. */
  readonly script: string
  readonly workingDirectory: string
  readonly env: Readonly<Record<string, string | undefined>>
}

const PROGRAM = 'controlnet-kit'

const THIS_PROCESS = (): StartInput => ({
  script: process.argv[1] ?? '',
  workingDirectory: process.cwd(),
  env: process.env,
})

export function observeStart({ script, workingDirectory, env }: StartInput = THIS_PROCESS()): Start {
  const byNpm = env['npm_lifecycle_event'] !== undefined
  const shellFolder = byNpm ? (env['INIT_CWD'] ?? workingDirectory) : workingDirectory
  return { kit: nameKit(script, shellFolder, env), shellFolder, workingDirectory }
}

function nameKit(script: string, shellFolder: string, env: StartInput['env']): string {
  if (env['npm_command'] === 'exec') return `npx ${PROGRAM}`
  if (basename(script).replace(/\.cmd$/, '') !== PROGRAM)
    return `node ${quoteWord(shorter(script, shellFolder))}`
  const folders = (env['PATH'] ?? '').split(delimiter).map((folder) => resolve(shellFolder, folder))
  // npm puts the programs of a project on PATH, and only for the scripts that it starts.
  const isInstalled = folders.includes(dirname(resolve(script))) && env['npm_command'] === undefined
  return isInstalled ? PROGRAM : `npx ${PROGRAM}`
}

function shorter(file: string, from: string): string {
  const near = relative(from, file)
  return isAbsolute(near) || near.length > file.length ? file : near
}
