/** Makes a pinned venv, whole or not at all. */
import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ToolError } from '../../errors.ts'
import type { Command } from '../../types.ts'
import { followPip } from './follow-pip.ts'
import { withLock } from '../files/lock.ts'
import { collectOutput, describeFailure } from '../processes/collect-output.ts'
import { runFirstThatWorks, runPip, runVenv, type PipContext } from './run-pip.ts'

export interface VenvRequest extends PipContext {
  readonly folder: string
  /** As `planVenv` gives them: make the venv; install the lock; install torch, or the next way to it; check it all. */
  readonly commands: readonly Command[]
  /** True when what is there is damaged: only one that is made from now on will do. */
  readonly anew?: boolean
}

/** Waits for whoever is making the same one. Returns whether it was there. */
export async function ensureVenv(request: VenvRequest): Promise<'made' | 'was there'> {
  const { folder, signal, tell, anew = false } = request
  const oldestMs = anew ? Date.now() : 0
  const purpose = 'controlnet-kit, which makes this environment'
  const say = (message: string): void => tell({ type: 'log', message })
  return withLock(`${folder}.lock`, { purpose, wait: { signal, say } }, async () => {
    if (await isInstalled(request, oldestMs)) return 'was there'
    await remove(folder)
    await install(request).catch(async (error: unknown) => {
      await remove(folder)
      throw error
    })
    return 'made'
  })
}

/** Tries again: what a killed run had started may write for a moment longer. */
const remove = (folder: string) =>
  rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })

/** Another run may have finished this very environment while this one waited. */
async function isInstalled(request: VenvRequest, oldestMs: number): Promise<boolean> {
  const installed = await stat(installedFile(request)).catch(() => null)
  if (installed === null || installed.mtimeMs < oldestMs) return false
  const check = await collectOutput(request.commands.at(-1)!, { signal: request.signal })
  return check.exitCode === 0
}

/** Lets the next `ensureVenv` make a venv anew: files are missing in it that its lists of packages still name. */
export async function distrustVenv(folder: string): Promise<void> {
  await rm(installedFile({ folder }), { force: true })
}

/** Written last, and kept for support: what is installed, by version. */
const installedFile = ({ folder }: Pick<VenvRequest, 'folder'>) => join(folder, 'installed.json')

async function install(request: VenvRequest): Promise<void> {
  const [makeVenv, installLock, ...rest] = request.commands as [Command, Command, ...Command[]]
  const check = rest.pop()!
  await runVenv(makeVenv, request)
  const locks = installLock.args.filter((_, index, all) => all[index - 1] === '-r')
  const texts = await Promise.all(locks.map((lock) => readFile(lock, 'utf8')))
  const progress = followPip(countPackages(texts.join('\n')) + 1, request.tell)
  await runPip(installLock, request, progress)
  await runFirstThatWorks(rest, request, progress)
  progress.say('checking that torch starts')
  await runCheck(check, request)
}

/** A requirement starts in the first column; hashes are indented, comments have a `#`. */
const countPackages = (lock: string) => lock.split('\n').filter((line) => /^[A-Za-z0-9]/.test(line)).length

async function runCheck(command: Command, request: VenvRequest): Promise<void> {
  const output = await collectOutput(command, { signal: request.signal })
  if (output.exitCode !== 0) {
    const wrong = parseWrong(output.stdout)
    throw new ToolError(
      `The new environment does not work: ${wrong ?? 'its check failed.'}`,
      describeFailure(command, output),
    )
  }
  await writeFile(installedFile(request), output.stdout)
}

function parseWrong(stdout: string): string | null {
  try {
    return (JSON.parse(stdout) as { wrong: string[] }).wrong.join('; ')
  } catch {
    return null
  }
}
