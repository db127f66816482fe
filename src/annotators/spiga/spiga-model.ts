/** SPIGA's exported network in the cache: `<cache>/models/spiga/<key>/`. */
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { parseRecord, spigaKey, type SpigaRecord } from './spiga-model-record.ts'
import { UserError } from '../../errors.ts'
import type { AnnotatorFact } from '../../types.ts'
import { cacheFolder } from '../../tools/files/cache-folder.ts'
import { readFetchRecord } from '../../tools/network/fetch-once.ts'
import { hashFile } from '../../tools/files/hash-file.ts'
import { kitCommand } from '../../next-step.ts'

export interface SpigaModel {
  readonly folder: string
  /** The ONNX file. */
  readonly file: string
  /** sha256 of the ONNX file. */
  readonly sha256: string
  readonly sizeBytes: number
}

export const spigaFolder = (): string => join(cacheFolder(), 'models', 'spiga')

/** Download record of the weights; the weights themselves are removed after the export. */
export const spigaWeightsRecord = (): string => join(spigaFolder(), 'weights.json')

/** Returns null when SPIGA was never fetched, or not completely. */
export async function findSpigaModel(): Promise<SpigaModel | null> {
  const weights = await readFetchRecord(spigaWeightsRecord())
  if (weights === null) return null
  const folder = join(spigaFolder(), spigaKey(weights.sha256))
  const file = join(folder, 'spiga.onnx')
  const record = parseRecord<SpigaRecord>(await readOrNull(join(folder, 'spiga.json')))
  const found = await stat(file).catch(() => null)
  if (record === null || found?.size !== record.onnx.sizeBytes) return null
  return { folder, file, sha256: record.onnx.sha256, sizeBytes: found.size }
}

/** Observes the facts that planning needs. */
export async function observeSpiga(): Promise<AnnotatorFact> {
  const [weights, model] = await Promise.all([readFetchRecord(spigaWeightsRecord()), findSpigaModel()])
  return { key: weights && spigaKey(weights.sha256), folder: model?.folder ?? null }
}

/** Returns the network after verifying its hash. Throws a UserError that names the command to fetch it. */
export async function requireSpigaModel(): Promise<SpigaModel> {
  const model = await findSpigaModel()
  if (model === null) {
    throw new UserError('SPIGA is not installed yet.', {
      reason: 'preflight',
      code: 'spiga-missing',
      hint: `Fetch it: ${kitCommand('models', { action: 'fetch', words: ['spiga'] })}`,
    })
  }
  const found = await hashFile(model.file)
  if (found === model.sha256) return model
  throw new UserError(
    `${model.file} is not the file it was: expected sha256 ${model.sha256}, found ${found}`,
    {
      reason: 'integrity',
      code: 'spiga-damaged',
      hint: `Remove ${model.folder}, then: ${kitCommand('models', { action: 'fetch', words: ['spiga'] })}`,
    },
  )
}

const readOrNull = (file: string): Promise<string | null> => readFile(file, 'utf8').catch(() => null)
