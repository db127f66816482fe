/** Reads the two nets that ship with the kit and verifies their hashes. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../../errors.ts'
import { fileError, nameSystemError } from '../../file-error.ts'
import { packageRoot } from '../../tools/package-root.ts'

export interface LandmarkModels {
  readonly detector: Uint8Array
  readonly landmarks: Uint8Array
  /** File name → sha256. */
  readonly hashes: Readonly<Record<string, string>>
}

interface ModelEntry {
  readonly name: string
  readonly file: string
  readonly sha256: string
  readonly bytes: number
}

export async function readLandmarkModels(folder = join(packageRoot, 'models')): Promise<LandmarkModels> {
  const entries = JSON.parse(await readText(join(folder, 'models.json'))) as ModelEntry[]
  const models = await Promise.all(entries.map((entry) => readModel(folder, entry)))
  const find = (name: string): Uint8Array => {
    const index = entries.findIndex((entry) => entry.name === name)
    if (models[index] === undefined) throw damaged(`${join(folder, 'models.json')} does not list ${name}`)
    return models[index]
  }
  return {
    detector: find('face-detector'),
    landmarks: find('face-landmarks-68'),
    hashes: Object.fromEntries(entries.map(({ file, sha256 }) => [file, sha256])),
  }
}

async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    throw unreadable(file, error)
  })
}

async function readModel(folder: string, { file, sha256 }: ModelEntry): Promise<Uint8Array> {
  const path = join(folder, file)
  const bytes = await readFile(path).catch((error: unknown) => {
    throw unreadable(path, error)
  })
  const found = createHash('sha256').update(bytes).digest('hex')
  if (found !== sha256)
    throw damaged(`${path} is not the file it should be: expected sha256 ${sha256}, found ${found}`)
  return new Uint8Array(bytes)
}

function unreadable(path: string, error: unknown): unknown {
  if (nameSystemError(error) === 'ENOENT') return damaged(`${path} is missing`, error)
  return fileError(error, path, { action: 'read' })
}

function damaged(message: string, cause?: unknown): UserError {
  return new UserError(message, {
    reason: 'integrity',
    code: 'model-damaged',
    hint: 'Install controlnet-kit again: the nets are part of it.',
    cause,
  })
}
