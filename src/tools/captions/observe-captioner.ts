/** Observes the facts that planning needs about the program or model that writes captions. */
import { constants } from 'node:fs'
import { access, readFile, stat } from 'node:fs/promises'
import { createHash } from 'node:crypto'
import { delimiter, join, resolve } from 'node:path'
import { BLIP_FOLDER, ownFileOf, splitCommand } from '../../trainer/captions/captioner.ts'
import { BLIP } from '../../environment/pins.ts'
import type { CaptionerFact, Config } from '../../types.ts'

interface ObserveOptions {
  readonly workingDirectory: string
  readonly cache: string
}

/** Returns null when captions come from neither a program nor a model. */
export async function observeCaptioner(
  captions: Config['dataset']['captions'],
  options: ObserveOptions,
): Promise<CaptionerFact | null> {
  if ('command' in captions) return observeProgram(captions.command, options.workingDirectory)
  if (!('model' in captions)) return null
  const own = process.env['CNK_BLIP_MODEL']
  return own === undefined || own === ''
    ? observePinned(options.cache)
    : observeOwnModel(resolve(options.workingDirectory, own))
}

/** The digest changes when the program, or the script that an interpreter runs, changes. */
async function observeProgram(
  given: string | readonly string[],
  workingDirectory: string,
): Promise<CaptionerFact> {
  const file = await findProgram(splitCommand(given)[0], workingDirectory)
  const own = ownFileOf(given)
  const content = own === null ? null : await readFile(resolve(workingDirectory, own)).catch(() => null)
  return { kind: 'command', file, digest: content === null ? '' : shortHash(content) }
}

/** Finds the program as the system does: a path is relative to the working directory, a bare name is searched on PATH. */
async function findProgram(program: string, workingDirectory: string): Promise<string | null> {
  const folders = program.includes('/') ? [''] : (process.env['PATH'] ?? '').split(delimiter)
  for (const folder of folders) {
    const file = resolve(workingDirectory, folder, program)
    if (await isProgram(file)) return file
  }
  return null
}

async function isProgram(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => null)
  if (!found?.isFile()) return false
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  )
}

/** The folder gets its final name only when it is complete. */
async function observePinned(cache: string): Promise<CaptionerFact> {
  const config = await stat(join(cache, BLIP_FOLDER, 'config.json')).catch(() => null)
  return { kind: 'blip', folder: null, isThere: config !== null, digest: `${BLIP.repo}@${BLIP.revision}` }
}

/** The weights are too large to hash each time, so their size and modification time are used instead. */
async function observeOwnModel(folder: string): Promise<CaptionerFact> {
  const config = await readFile(join(folder, 'config.json')).catch(() => null)
  const weights = await stat(join(folder, 'model.safetensors')).catch(() => null)
  if (config === null || weights === null) return { kind: 'blip', folder, isThere: false, digest: '' }
  const digest = shortHash(JSON.stringify([config.toString(), weights.size, weights.mtimeMs]))
  return { kind: 'blip', folder, isThere: true, digest }
}

function shortHash(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 12)
}
