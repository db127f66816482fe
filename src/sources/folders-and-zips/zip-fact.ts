/** What planning once observed of an archive, kept in the cache: a large archive is not looked through at every start. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { WantedColumns } from '../../formats/parquet/wanted-columns.ts'
import type { SourceFact } from '../../types.ts'
import { writeFileAtomic } from '../../tools/files/atomic-write.ts'

export type ZipFact = Pick<SourceFact, 'pictures' | 'folders' | 'bytes' | 'digest' | 'others' | 'unread'>

export interface ZipKey {
  /** Absolute. */
  readonly file: string
  /** Sizes and times of its parts. */
  readonly version: string
  /** What is read of metadata in it; null for FaceSynthetics, whose segmentations are left out. */
  readonly wanted: WantedColumns | null
  /** Extension of the text files that were looked for. */
  readonly sidecar: string | null
}

/** Raise it when the same archive gives another fact. */
const VERSION = 3

/** Null when there is none, or the archive has changed since. */
export async function readZipFact(cache: string, key: ZipKey): Promise<ZipFact | null> {
  try {
    const kept = JSON.parse(await readFile(factFile(cache, key), 'utf8')) as { key: string; fact: ZipFact }
    return kept.key === formatKey(key) ? kept.fact : null
  } catch {
    return null
  }
}

/** It only saves time: where it can't be written, it is not. */
export async function writeZipFact(cache: string, key: ZipKey, fact: ZipFact): Promise<void> {
  const text = JSON.stringify({ key: formatKey(key), fact })
  await writeFileAtomic(factFile(cache, key), text).catch(() => undefined)
}

function formatKey({ file, version, wanted, sidecar }: ZipKey): string {
  const columns = wanted && [wanted.image, wanted.conditioning, wanted.values]
  return JSON.stringify([VERSION, file, version, columns, sidecar])
}

/** One an archive, so that old ones do not pile up. */
function factFile(cache: string, { file, wanted }: ZipKey): string {
  const name = createHash('sha256')
    .update(JSON.stringify([file, wanted === null]))
    .digest('hex')
    .slice(0, 24)
  return join(cache, 'archives', `${name}.json`)
}
