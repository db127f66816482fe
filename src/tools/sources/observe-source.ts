/** What planning needs to know of the pictures, without opening any. */
import { createHash, type Hash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { isSegmentation } from '../../dataset/face-synthetics.ts'
import { formatGeneratedName } from '../../dataset/generated-source.ts'
import { UserError } from '../../errors.ts'
import type { Config, SourceFact } from '../../types.ts'
import type { WantedColumns } from '../../dataset/parquet-columns.ts'
import { findPictureFiles, type FoundFile } from '../picture-files.ts'
import { observeHub, observeParquet } from './observe-tables.ts'
import { notAFolder, observeZip } from './observe-zip.ts'

export interface ObserveOptions {
  readonly workingDirectory: string
  /** Folders inside the source that are not part of it: the dataset's, the runs'. Relative ones start at the working directory. */
  readonly exclude?: readonly string[]
  /** Folder with landmark files, if they do not lie beside the pictures: changes in it count too. */
  readonly landmarks?: string
  /** The user's cache folder: what is known of archives and Hub datasets is read from there. */
  readonly cache?: string
  /** Of sources with columns: those that are used. */
  readonly wanted?: WantedColumns
  /** Ask nothing of the network. */
  readonly offline?: boolean
}

export async function observeSource(
  source: Config['dataset']['source'],
  options: ObserveOptions,
): Promise<SourceFact> {
  if ('generated' in source) return observeGenerated(source.generated)
  if ('folder' in source) return observeFolder('folder', source.folder, options)
  if ('face_synthetics' in source) return observeFolder('face_synthetics', source.face_synthetics, options)
  const { workingDirectory, exclude = [], cache = '', offline = false } = options
  const { wanted = { image: 'image', conditioning: null, values: [] } } = options
  if ('parquet' in source)
    return observeParquet(source.parquet, {
      workingDirectory,
      exclude: exclude.map((path) => resolve(workingDirectory, path)),
      wanted,
    })
  if ('hub' in source) return observeHub(source.hub, { wanted, cache, offline })
  throw new UserError(`dataset.source.${Object.keys(source)[0]} is not available yet.`, {
    reason: 'usage',
    code: 'not-available',
    hint: 'Use folder, face_synthetics, hub, parquet or generated.',
  })
}

const NOTHING = { pictures: 0, folders: 0, bytes: 0, others: {}, revision: null }

function observeGenerated(count: number): SourceFact {
  return {
    ...NOTHING,
    kind: 'generated',
    given: String(count),
    exists: true,
    pictures: count,
    digest: formatGeneratedName(count),
  }
}

async function observeFolder(
  kind: 'folder' | 'face_synthetics',
  given: string,
  { workingDirectory, exclude = [], landmarks, cache }: ObserveOptions,
): Promise<SourceFact> {
  const folder = resolve(workingDirectory, given)
  const found = await stat(folder).catch(() => null)
  if (found === null) return { ...NOTHING, kind, given, exists: false, digest: '' }
  const hash = createHash('sha256')
  if (landmarks !== undefined) await addFolder(hash, resolve(workingDirectory, landmarks))
  if (found.isFile()) {
    const fact = await observeZip({ file: folder, given, kind, cache })
    return {
      ...fact,
      kind,
      given,
      exists: true,
      digest: hash.update(fact.digest).digest('hex'),
      revision: null,
    }
  }
  if (!found.isDirectory()) throw notAFolder(given)
  const files = await findPictureFiles(folder, {
    exclude: exclude.map((path) => resolve(workingDirectory, path)),
    skip: kind === 'face_synthetics' ? isSegmentation : undefined,
  })
  for (const file of [...files.pictures, ...files.texts]) addFile(hash, file)
  return {
    kind,
    given,
    exists: true,
    pictures: files.pictures.length,
    folders: files.folders,
    bytes: files.pictures.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    digest: hash.digest('hex'),
    others: files.others,
    revision: null,
  }
}

async function addFolder(hash: Hash, folder: string): Promise<void> {
  const found = await stat(folder).catch(() => null)
  if (!found?.isDirectory()) return
  const { texts } = await findPictureFiles(folder)
  for (const file of texts) addFile(hash, file)
}

function addFile(hash: Hash, { path, sizeBytes, mtimeMs }: FoundFile): void {
  hash.update(JSON.stringify([path, sizeBytes, mtimeMs]))
}
