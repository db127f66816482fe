/** Makes the pinned venv, whole or not at all. */
import { access, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ToolError, UserError } from '../errors.ts'
import { waitForLock } from '../tools/lock.ts'
import { planEnvironment } from '../trainer/environment.ts'
import { TORCH_VERSION } from '../trainer/pins.ts'
import type { Command, PlanContext, Stage, StageContext, StageResult } from '../types.ts'
import { collect, runFirstThatWorks, runPip, runVenv, toolFailure } from './run-pip.ts'
import { followPip, type PipProgress } from './follow-pip.ts'

const NAME = 'create-environment'

export const createEnvironment: Stage = {
  spec: {
    name: NAME,
    title: 'create environment',
    version: 1,
    failure: 'environment',
    needed: (c) => c.config.environment.kind === 'venv',
    after: [],
    settings: () => null,
    inputs: (c) => plan(c).key,
    outputs: (c) => [c.paths.python, join(c.paths.environment, 'pyvenv.cfg')],
    stamp: (c) => join(c.paths.environment, 'controlnet-kit.json'),
    commands: (c) => plan(c).commands,
    summary: (c) => `torch ${TORCH_VERSION} ${plan(c).backend}, ${c.config.train.engine} engine`,
  },
  run,
}

function plan({ config, facts, paths }: Pick<PlanContext, 'config' | 'facts' | 'paths'>) {
  return planEnvironment({ config, facts, folder: paths.environment })
}

async function run(context: StageContext): Promise<StageResult> {
  const startedAt = Date.now()
  const { paths, facts, report, signal } = context
  refuseWithoutPython(context)
  const lock = await waitForLock(`${paths.environment}.lock`, {
    purpose: 'controlnet-kit, which makes this environment',
    signal,
    onWait: (message) => report({ type: 'log', stage: NAME, message: `${message} Waiting for it.` }),
  })
  try {
    if (await isInstalled(context, startedAt)) return finished(context, 'was there')
    await remove(paths.environment)
    await install(context).catch(async (error: unknown) => {
      await remove(paths.environment)
      throw error
    })
    return finished(context, `Python ${facts.python.ok ? facts.python.version : ''}`)
  } finally {
    await lock.release()
  }
}

/** Tries again: what a killed run had started may write for a moment longer. */
const remove = (folder: string) =>
  rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })

function refuseWithoutPython(context: StageContext): void {
  const failed = plan(context).checks.find((check) => check.status === 'fail')
  if (failed === undefined) return
  throw new UserError(`Expected ${failed.expected}; found ${failed.found}.`, {
    code: failed.code,
    hint: failed.remedy,
  })
}

/**
 * Another run may have finished this very environment since the plan was made. When the plan saw one that was damaged,
 * only one that was made after this stage started will do.
 */
async function isInstalled(context: StageContext, startedAt: number): Promise<boolean> {
  const installed = await stat(installedFile(context)).catch(() => null)
  if (installed === null) return false
  if (context.stage.action === 'rebuild' && installed.mtimeMs < startedAt) return false
  const check = await collect(context.stage.commands.at(-1)!, context)
  return check.exitCode === 0
}

/** Kept until the kit's own stamp is written, and for support afterwards: what is installed, by version. */
const installedFile = (context: StageContext) => join(context.paths.environment, 'installed.json')

async function install(context: StageContext): Promise<void> {
  const [makeVenv, installLock, ...rest] = context.stage.commands as [Command, Command, ...Command[]]
  const check = rest.pop()!
  await runVenv(makeVenv, context)
  const lockText = await readFile(installLock.args.at(-1)!, 'utf8')
  const progress: PipProgress = followPip(countPackages(lockText) + 1, (event) =>
    context.report({ stage: NAME, ...event }),
  )
  await runPip(installLock, context, progress)
  await runFirstThatWorks(rest, context, progress)
  progress.say('checking that torch starts')
  await runCheck(check, context)
}

/** A requirement starts in the first column; hashes are indented, comments have a `#`. */
const countPackages = (lock: string) => lock.split('\n').filter((line) => /^[A-Za-z0-9]/.test(line)).length

async function runCheck(command: Command, context: StageContext): Promise<void> {
  const output = await collect(command, context)
  if (output.exitCode !== 0) {
    const wrong = parseWrong(output.stdout)
    throw new ToolError(
      `The new environment does not work: ${wrong ?? 'its check failed.'}`,
      toolFailure(command, output),
    )
  }
  await writeFile(installedFile(context), output.stdout)
}

function parseWrong(stdout: string): string | null {
  try {
    return (JSON.parse(stdout) as { wrong: string[] }).wrong.join('; ')
  } catch {
    return null
  }
}

async function finished(context: StageContext, how: string): Promise<StageResult> {
  await access(context.paths.python)
  return { line: `torch ${TORCH_VERSION} ${plan(context).backend}, ${how}` }
}
