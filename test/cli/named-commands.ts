/** The commands that a message names, and running them as a person would. */
import { spawn } from 'node:child_process'
import { mkdtempSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MAIN, SHELL_ENVIRONMENT, type Ended } from './cli.ts'

/** What messages write for a name that only the person knows. */
export type Stand = Readonly<Record<string, string>>

/** `controlnet-kit plan a.yaml` in `Look: controlnet-kit plan a.yaml, or …`: up to a comma, a bracket, two blanks or the line's end. */
export function findCommands(text: string): string[] {
  const found = text.matchAll(
    /(?:npx )?(controlnet-kit (?:'[^']*'|[^\n'])*?)(?=[,;]? {2}|, |; |\. | \(|\)|[.,;]?$|<)/gm,
  )
  return [...found].map(([, command]) => command!).filter((command) => !/^controlnet-kit \d/.test(command))
}

const bin = mkdtempSync(join(tmpdir(), 'cnk-bin-'))
symlinkSync(MAIN, join(bin, 'controlnet-kit'))

/** Stages that have begun prove that a command was taken; what they do is tested elsewhere. */
const BEGUN =
  /(collect-images|annotate-images|create-environment|fetch-\S+|train-controlnet) {2}(started|unchanged)/

interface TypeOptions {
  readonly cwd: string
  readonly stand?: Stand
  readonly env?: Record<string, string>
  /** Whether what begins to work is stopped: `code` is then that of the stop. */
  readonly stop?: boolean
}

/** Types the command in a shell. */
export function typeCommand(
  command: string,
  { cwd, stand = {}, env = {}, stop = true }: TypeOptions,
): Promise<Ended> {
  const words = Object.entries(stand).reduce((all, [name, value]) => all.replaceAll(name, value), command)
  // `exec`: the shell gives way to the kit, so that the signal reaches it.
  const child = spawn('sh', ['-c', `exec ${words}`], {
    cwd,
    env: {
      ...SHELL_ENVIRONMENT,
      NO_COLOR: '1',
      HF_HUB_OFFLINE: '1',
      ...env,
      PATH: `${bin}:${process.env['PATH'] ?? ''}`,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const texts = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (texts.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    const before = BEGUN.test(texts.stderr)
    texts.stderr += text
    if (stop && !before && BEGUN.test(texts.stderr)) child.kill('SIGINT')
  })
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...texts })))
}
