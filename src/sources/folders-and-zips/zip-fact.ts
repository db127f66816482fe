/** Caches what planning observed about an archive, so that a large archive is not read at every start. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { WantedColumns } from '../../formats/parquet/wanted-columns.ts'
import type { SourceFact } from '../../types.ts'
import { writeFileAtomic } from '../../tools/files/atomic-write.ts'

export type ZipFact = Pick<SourceFact, 'pictures' | 'folders' | 'bytes' | 'digest' | 'others' | 'unread'>

export interface ZipKey {
  /** Absolute path. */
  readonly file: string
  /** Sizes and modification times of the archive's parts. */
  readonly version: string
  /** The metadata columns that are read; null for FaceSynthetics, whose segmentation maps are not listed. */
  readonly wanted: WantedColumns | null
  /** Extension of the caption files that were searched. */
  readonly sidecar: string | null
}

/** Raise it when the same archive gives another fact. */
const VERSION = 3

/** Returns null when nothing is cached, or the archive has changed since. */
export async function readZipFact(cache: string, key: ZipKey): Promise<ZipFact | null> {
  try {
    const kept = JSON.parse(await readFile(factFile(cache, key), 'utf8')) as { key: string; fact: ZipFact }
    return kept.key === formatKey(key) ? kept.fact : null
  } catch {
    return null
  }
}

/** Ignores write errors: the cache only saves time. */
export async function writeZipFact(cache: string, key: ZipKey, fact: ZipFact): Promise<void> {
  const text = JSON.stringify({ key: formatKey(key), fact })
  await writeFileAtomic(factFile(cache, key), text).catch(() => undefined)
}

function formatKey({ file, version, wanted, sidecar }: ZipKey): string {
  const columns = wanted && [wanted.image, wanted.conditioning, wanted.values]
  return JSON.stringify([VERSION, file, version, columns, sidecar])
}

/** One file for each archive, so that old facts are overwritten. */
function factFile(cache: string, { file, wanted }: ZipKey): string {
  const name = createHash('sha256')
    .update(JSON.stringify([file, wanted === null]))
    .digest('hex')
    .slice(0, 24)
  return join(cache, 'archives', `${name}.json`)
}
