/** Puts the training script into the cache, under the name of its content. */
import { chmod, copyFile, mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { UserError } from '../../errors.ts'
import { downloadFile } from '../../tools/network/download.ts'
import { hashFile } from '../../tools/files/hash-file.ts'
import { withLock } from '../../tools/files/lock.ts'
import { githubRaw } from '../../tools/network/mirrors.ts'
import { TRAINER_SCRIPT } from '../../environment/pins.ts'
import { planTrainerScript } from '../../trainer/trainer-script.ts'
import type { Stage, StageContext, StageResult } from '../../types.ts'

const NAME = 'fetch-trainer'

export const fetchTrainer: Stage = {
  spec: {
    name: NAME,
    title: 'fetch trainer',
    version: 1,
    failure: 'environment',
    needed: (c) => c.config.train.engine === 'diffusers',
    after: [],
    settings: () => null,
    inputs: (c) => planTrainerScript(c).sha256,
    outputs: (c) => [c.paths.trainerScript],
    stamp: (c) => join(dirname(c.paths.trainerScript), 'controlnet-kit.json'),
    commands: () => [],
    summary: (c) => describe(planTrainerScript(c)),
  },
  run,
}

function describe({
  pinned,
  local,
  sha256,
}: {
  pinned: boolean
  local: string | null
  sha256: string
}): string {
  const what = pinned ? `diffusers ${TRAINER_SCRIPT.version}` : `your own, ${local}`
  return `${what}, sha256 ${sha256.slice(0, 8)}…`
}

async function run(context: StageContext): Promise<StageResult> {
  const { paths, report, signal } = context
  const script = planTrainerScript(context)
  const to = paths.trainerScript
  const purpose = 'controlnet-kit, which fetches the trainer'
  const say = (message: string): void => report({ type: 'log', stage: NAME, message })
  await withLock(`${dirname(to)}.lock`, { purpose, wait: { signal, say } }, async () => {
    if ((await hashOrNull(to)) !== script.sha256) await put(script, to, context)
  })
  if (!script.pinned) report({ type: 'warning', code: 'trainer-unknown', message: unknownMessage(script) })
  return { line: describe(script) }
}

/** Read-only: a script that somebody edits would no longer be the one that its name says. */
async function put(
  script: ReturnType<typeof planTrainerScript>,
  to: string,
  context: StageContext,
): Promise<void> {
  const { signal, report } = context
  await rm(to, { force: true })
  if (script.local === null) {
    const onProgress = (done: number, total: number | null) =>
      report({ type: 'progress', stage: NAME, done, total, unit: 'bytes' })
    const url = `${githubRaw()}/${TRAINER_SCRIPT.path}`
    const onWait = (message: string) => report({ type: 'log', stage: NAME, message })
    await downloadFile({ url, to, sha256: script.sha256, signal, onProgress, onWait })
  } else {
    await copyScript(script.local, to, script.sha256)
  }
  await chmod(to, 0o444)
}

async function copyScript(local: string, to: string, sha256: string): Promise<void> {
  const part = `${to}.part`
  await mkdir(dirname(to), { recursive: true })
  try {
    await copyFile(local, part)
  } catch (error) {
    throw new UserError(`${local} could not be copied: ${(error as Error).message}`, {
      code: 'script-missing',
      hint: 'train.script names a local copy of train_controlnet.py',
      cause: error,
    })
  }
  try {
    await verifyTrainerScript(part, sha256)
    await rename(part, to)
  } finally {
    await rm(part, { force: true })
  }
}

/** Checked before every launch. Throws a UserError (`integrity`) when the script is not the one that was planned. */
export async function verifyTrainerScript(path: string, expectedSha256: string): Promise<void> {
  const found = await hashOrNull(path)
  if (found === expectedSha256) return
  throw new UserError(`${path} is not the training script that was planned: its content has changed.`, {
    reason: 'integrity',
    code: 'script-changed',
    hint: `Expected sha256 ${expectedSha256}, found ${found ?? 'no file'}. Run the same command again: it is fetched anew`,
  })
}

const hashOrNull = (file: string) => hashFile(file).catch(() => null)

function unknownMessage({ local, sha256 }: { local: string | null; sha256: string }): string {
  const known = `diffusers ${TRAINER_SCRIPT.version} (sha256 ${TRAINER_SCRIPT.sha256.slice(0, 8)}…)`
  return `${local} (sha256 ${sha256.slice(0, 8)}…) is not ${known}, with which the kit is tested.`
}
