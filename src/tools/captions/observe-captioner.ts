/** What planning needs to know of the program or model that writes captions. */
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

/** Null where captions are no program's. */
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

/** Another content of the program, or of the script behind an interpreter, is another captioner. */
async function observeProgram(
  given: string | readonly string[],
  workingDirectory: string,
): Promise<CaptionerFact> {
  const file = await findProgram(splitCommand(given)[0], workingDirectory)
  const own = ownFileOf(given)
  const content = own === null ? null : await readFile(resolve(workingDirectory, own)).catch(() => null)
  return { kind: 'command', file, digest: content === null ? '' : shortHash(content) }
}

/** As the system looks for it: a path starts at the working directory, a name is looked up on PATH. */
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

/** Renamed to its place only when whole. */
async function observePinned(cache: string): Promise<CaptionerFact> {
  const config = await stat(join(cache, BLIP_FOLDER, 'config.json')).catch(() => null)
  return { kind: 'blip', folder: null, isThere: config !== null, digest: `${BLIP.repo}@${BLIP.revision}` }
}

/** Weights are too large to be hashed each time: their size and time stand for them. */
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
