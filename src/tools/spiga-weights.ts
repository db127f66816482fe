/** Fetches SPIGA's weights. Nobody publishes their hash, so that of the first download counts from then on. */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { SPIGA_WEIGHTS, type WeightsRecord } from '../dataset/spiga/model-record.ts'
import { UserError } from '../errors.ts'
import { writeFileAtomic } from './atomic-write.ts'
import { downloadFile } from './download.ts'
import { hashFile } from './hash-file.ts'
import { hubEndpoint } from './mirrors.ts'
import { readWeightsRecord, spigaFolder } from './spiga-model.ts'

export interface FetchedWeights {
  readonly file: string
  readonly record: WeightsRecord
}

interface FetchOptions {
  readonly signal: AbortSignal
  readonly onProgress: (doneBytes: number, totalBytes: number | null) => void
}

/** Goes on where an earlier try stopped. Other bytes than the first time: UserError `spiga-weights-changed`, exit code 9. */
export async function fetchSpigaWeights(options: FetchOptions): Promise<FetchedWeights> {
  const file = join(spigaFolder(), SPIGA_WEIGHTS.file)
  const known = await readWeightsRecord()
  const there = await hashFile(file).catch(() => null)
  if (known !== null && there === known.sha256) return { file, record: known }
  const { repo, revision, file: name } = SPIGA_WEIGHTS
  const url = `${hubEndpoint()}/${repo}/resolve/${revision}/${name}`
  await downloadFile({ url, to: file, ...options, ...(known && { sha256: known.sha256 }) }).catch(
    (error: unknown) => {
      throw known !== null && isOtherHash(error) ? changedError(url, known) : error
    },
  )
  return { file, record: known ?? (await writeRecord(file, url)) }
}

async function writeRecord(file: string, url: string): Promise<WeightsRecord> {
  const record: WeightsRecord = {
    v: 1,
    url,
    sha256: await hashFile(file),
    sizeBytes: (await stat(file)).size,
    firstFetchedAt: new Date().toISOString(),
  }
  await writeFileAtomic(join(spigaFolder(), 'weights.json'), `${JSON.stringify(record, null, 2)}\n`)
  return record
}

const isOtherHash = (error: unknown): boolean => error instanceof UserError && error.code === 'download-hash'

function changedError(url: string, { sha256, firstFetchedAt }: WeightsRecord): UserError {
  return new UserError(
    `${url} is not what it was on ${firstFetchedAt.slice(0, 10)}: expected sha256 ${sha256}. Nothing of it was kept.`,
    {
      reason: 'integrity',
      code: 'spiga-weights-changed',
      hint: `If its authors say that it changed, remove ${join(spigaFolder(), 'weights.json')} and fetch again`,
    },
  )
}
