import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { packageRoot } from '../../src/tools/package-root.ts'

export const MAIN = join(packageRoot, 'dist', 'start.cjs')

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Started {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
}

/** As a person's shell has it: npm, which starts the tests, is no part of it. */
export const SHELL_ENVIRONMENT = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith('npm_') && name !== 'INIT_CWD'),
)

/** Starts the built program as a person's shell does. */
export function start(args: readonly string[], cwd: string, env: Record<string, string> = {}): Started {
  return spawnProgram(process.execPath, [MAIN, ...args], cwd, env)
}

function spawnProgram(
  file: string,
  args: readonly string[],
  cwd: string,
  env: Record<string, string>,
): Started {
  const child = spawn(file, args, {
    cwd,
    env: { ...SHELL_ENVIRONMENT, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const texts = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (texts.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (texts.stderr += text))
  const ended = new Promise<Ended>((resolve) =>
    child.on('close', (code) =>
      resolve({ code, stdout: nameKit(texts.stdout, cwd), stderr: nameKit(texts.stderr, cwd) }),
    ),
  )
  return { child, ended }
}

/** Messages name the kit as it was started here; tests compare them as those of an installed one. */
function nameKit(text: string, cwd: string): string {
  const near = relative(cwd, MAIN)
  return [MAIN, near].reduce((all, file) => all.replaceAll(`node ${file}`, 'controlnet-kit'), text)
}

export const run = (args: readonly string[], cwd: string, env?: Record<string, string>): Promise<Ended> =>
  start(args, cwd, env).ended

/** Ways to start a program without any network, the loopback included; the first that this system allows is taken. */
const ISOLATIONS = [
  ['unshare', '--net'],
  ['unshare', '--map-root-user', '--net'],
] as const

/** The same where no address can be reached, as far as the system can do that. */
export function runIsolated(
  args: readonly string[],
  cwd: string,
  env: Record<string, string> = {},
): Promise<Ended> {
  const isolation =
    ISOLATIONS.find(([file, ...flags]) => spawnSync(file, [...flags, 'true']).status === 0) ?? []
  const [file, ...rest] = [...isolation, process.execPath, MAIN, ...args]
  return spawnProgram(file!, rest, cwd, env).ended
}

/** Runs a command that a message named, as a person types it who has the kit installed. */
export async function sh(command: string, cwd: string, env: Record<string, string> = {}): Promise<Ended> {
  const bin = await mkdtemp(join(tmpdir(), 'cnk-bin-'))
  await symlink(MAIN, join(bin, 'controlnet-kit'))
  const { ended } = spawnProgram('sh', ['-c', command], cwd, {
    ...env,
    PATH: `${bin}:${process.env['PATH'] ?? ''}`,
  })
  return ended.finally(() => rm(bin, { recursive: true }))
}

/** Resolves when a stream has shown the text; rejects when it ends before. */
export function untilPrinted(stream: NodeJS.ReadableStream | null, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let all = ''
    stream?.on('data', (chunk: string) => {
      all += chunk
      if (all.includes(text)) resolve()
    })
    stream?.on('close', () => reject(new Error(`it ended before it printed ${text}:\n${all.slice(-2000)}`)))
  })
}

export const temporaryFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'cnk-cli-'))
