/** Downloads FaceSynthetics: one zip from Microsoft's server, kept packed and read in place. */
import { dirname, join } from 'node:path'
import { cacheFolder } from '../../tools/files/cache-folder.ts'
import { fetchOnce, findFetched, type FetchRecord } from '../../tools/network/fetch-once.ts'
import { withLock } from '../../tools/files/lock.ts'
import { faceSyntheticsBase } from '../../tools/network/mirrors.ts'
import { readZipDirectory } from '../../tools/zip/zip-directory.ts'
import type { CachedModel, ModelSource } from '../../tools/models/model-source.ts'

export const faceSyntheticsSource: ModelSource = {
  async find({ name }) {
    const file = fileOf(name)
    const record = await findFetched(file, recordOf(file))
    return record && toCached(file, record)
  },
  async fetch({ name, downloadBytes }, { signal, report }) {
    const file = fileOf(name)
    const say = (step: string): void => report({ step, done: 0, total: null, unit: 'bytes' })
    const lock = { purpose: `controlnet-kit models fetch ${name}`, wait: { signal, say } }
    return withLock(`${file}.lock`, lock, async () => {
      const zip = faceSyntheticsFile(name)
      const record = await fetchOnce({
        url: `${faceSyntheticsBase()}/${zip}`,
        to: file,
        record: recordOf(file),
        expectedBytes: downloadBytes,
        signal,
        onProgress: (done, total) => report({ step: `fetching ${zip}`, done, total, unit: 'bytes' }),
        onWait: say,
        onHashing: (done, total) => report({ step: `hashing ${zip}`, done, total, unit: 'bytes' }),
        check: (path) => readZipDirectory(path),
      })
      return toCached(file, record)
    })
  },
}

function fileOf(name: string): string {
  return join(cacheFolder(), 'face-synthetics', faceSyntheticsFile(name))
}

const recordOf = (file: string): string => `${file}.json`

function toCached(file: string, { sizeBytes, sha256 }: FetchRecord): CachedModel {
  return { folder: dirname(file), sizeBytes, sha256, configLine: formatSourceLine(file) }
}

/** `face-synthetics-100` → `dataset_100.zip` */
function faceSyntheticsFile(name: string): string {
  return `dataset_${name.slice('face-synthetics-'.length)}.zip`
}

/** Returns the line for the config that uses the downloaded file. */
function formatSourceLine(file: string): string {
  const path = /^[\w./-]+$/.test(file) ? file : JSON.stringify(file)
  return `dataset: { source: { face_synthetics: ${path} } }`
}
