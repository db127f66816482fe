/** Files of the person that a config names. */
import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseScript } from '../../trainer/script-arguments.ts'
import type { Config, Facts, FileFact, ScriptFact } from '../../types.ts'

/** What they are, by their absolute paths. */
export async function observeFiles(config: Config, workingDirectory: string): Promise<Facts['files']> {
  const { script } = config.train
  const absolute = script === undefined ? [] : [resolve(workingDirectory, script)]
  return Object.fromEntries(
    await Promise.all(absolute.map(async (path) => [path, await observeFile(path)] as const)),
  )
}

/** What the text of the person's own training script says; it is not run. */
export async function observeScript({ train }: Config, workingDirectory: string): Promise<ScriptFact | null> {
  if (train.script === undefined) return null
  const path = resolve(workingDirectory, train.script)
  const found = await stat(path).catch(() => null)
  if (found?.isFile() !== true || found.size > HASHED_UP_TO_BYTES) return null
  return parseScript(await readFile(path, 'utf8'))
}

const HASHED_UP_TO_BYTES = 2_000_000

async function observeFile(path: string): Promise<FileFact | null> {
  const found = await stat(path).catch(() => null)
  if (found === null) return null
  const hashed = found.isFile() && found.size <= HASHED_UP_TO_BYTES
  return {
    kind: found.isDirectory() ? 'folder' : 'file',
    sizeBytes: found.size,
    mtimeMs: found.mtimeMs,
    sha256: hashed ? sha256(await readFile(path)) : null,
  }
}

const sha256 = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex')
