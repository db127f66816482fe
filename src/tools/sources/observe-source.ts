/** What planning needs to know of the pictures, without opening any. */
import { createHash, type Hash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { planCaptionNeeds } from '../../dataset/captions.ts'
import { isSegmentation } from '../../dataset/face-synthetics.ts'
import { formatGeneratedName } from '../../dataset/generated-source.ts'
import { UserError } from '../../errors.ts'
import type { Config, SourceFact } from '../../types.ts'
import type { WantedColumns } from '../../dataset/wanted-columns.ts'
import { findPictureFiles, type FoundFile } from '../picture-files.ts'
import { listFolder } from './list-folder.ts'
import { observeHub, observeParquet } from './observe-tables.ts'
import { notAFolder, observeZip } from './observe-zip.ts'
import { listPairs } from './pairs-source.ts'
import type { SourceListing } from './picture-source.ts'
import { wantedColumns } from './wanted-columns.ts'

export interface ObserveOptions {
  readonly workingDirectory: string
  /** Folders inside the source that are not part of it: the dataset's, the runs'. Relative ones start at the working directory. */
  readonly exclude?: readonly string[]
  /** Folder or file with landmarks, if they do not lie beside the pictures: changes in it count too. */
  readonly landmarks?: string
  /** The user's cache folder: what is known of archives and Hub datasets is read from there. */
  readonly cache?: string
  /** What will be asked of the source's table, where it has one. */
  readonly dataset?: Pick<Config['dataset'], 'columns' | 'captions'>
  /** Whether ready-made conditioning images are wanted. */
  readonly conditioning?: boolean
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
  if ('pairs' in source) return observePairs(source.pairs, options)
  const { workingDirectory, exclude = [], cache = '', offline = false } = options
  const wanted = planWanted(options)
  if ('hub' in source) return observeHub(source.hub, { wanted, cache, offline })
  return observeParquet(source.parquet, {
    workingDirectory,
    exclude: exclude.map((path) => resolve(workingDirectory, path)),
    wanted,
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
  options: ObserveOptions,
): Promise<SourceFact> {
  const { workingDirectory, exclude = [], landmarks } = options
  const folder = resolve(workingDirectory, given)
  const found = await stat(folder).catch(() => null)
  if (found === null) return { ...NOTHING, kind, given, exists: false, digest: '' }
  const hash = createHash('sha256')
  if (landmarks !== undefined) await addLandmarks(hash, resolve(workingDirectory, landmarks))
  if (found.isFile()) {
    const fact = await observeZip({ file: folder, given, kind, cache: options.cache })
    const digest = hash.update(fact.digest).digest('hex')
    return { ...fact, kind, given, exists: true, digest, revision: null }
  }
  if (!found.isDirectory()) throw notAFolder(given)
  const listing = await listFolder({
    folder,
    exclude: exclude.map((path) => resolve(workingDirectory, path)),
    skip: kind === 'face_synthetics' ? isSegmentation : undefined,
    wanted: kind === 'folder' ? planWanted(options) : null,
  })
  for (const file of listing.texts) addFile(hash, file)
  return describeListing({ kind, given }, listing, hash)
}

async function observePairs(given: string, options: ObserveOptions): Promise<SourceFact> {
  const { workingDirectory, exclude = [], landmarks } = options
  const place = resolve(workingDirectory, given)
  const found = await stat(place).catch(() => null)
  if (found === null) return { ...NOTHING, kind: 'pairs', given, exists: false, digest: '' }
  const hash = createHash('sha256')
  addFile(hash, { path: '', sizeBytes: found.isFile() ? found.size : 0, mtimeMs: found.mtimeMs })
  if (found.isDirectory()) await addTexts(hash, place)
  if (landmarks !== undefined) await addLandmarks(hash, resolve(workingDirectory, landmarks))
  const listing = await listPairs(
    {
      place,
      exclude: exclude.map((path) => resolve(workingDirectory, path)),
      columns: options.dataset?.columns ?? DEFAULT_COLUMNS,
      ...planNeeds(options),
    },
    { read: false },
  )
  return describeListing({ kind: 'pairs', given }, listing, hash)
}

const DEFAULT_COLUMNS = { image: 'image', conditioning_image: 'conditioning_image', caption: 'text' }

function planNeeds({ dataset, conditioning = false }: ObserveOptions) {
  return { values: dataset ? planCaptionNeeds(dataset.captions).columns : [], conditioning }
}

function planWanted(options: ObserveOptions): WantedColumns {
  return wantedColumns({ columns: options.dataset?.columns ?? DEFAULT_COLUMNS, ...planNeeds(options) })
}

function describeListing(
  { kind, given }: Pick<SourceFact, 'kind' | 'given'>,
  { entries, folders, others }: SourceListing,
  hash: Hash,
): SourceFact {
  for (const { path, sizeBytes, version } of entries) hash.update(JSON.stringify([path, sizeBytes, version]))
  const bytes = entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const digest = hash.digest('hex')
  return {
    kind,
    given,
    exists: true,
    pictures: entries.length,
    folders,
    bytes,
    digest,
    others,
    revision: null,
  }
}

async function addLandmarks(hash: Hash, place: string): Promise<void> {
  const found = await stat(place).catch(() => null)
  if (found === null) throw noLandmarks(place)
  if (found.isFile()) addFile(hash, { path: '', sizeBytes: found.size, mtimeMs: found.mtimeMs })
  if (found.isDirectory()) await addTexts(hash, place)
}

function noLandmarks(place: string): UserError {
  return new UserError(`There is no ${place} (condition.landmarks).`, {
    reason: 'preflight',
    code: 'landmarks-missing',
    hint: 'Name the folder with the landmark files, or one CSV or JSONL file for all pictures.',
  })
}

async function addTexts(hash: Hash, folder: string): Promise<void> {
  const { texts } = await findPictureFiles(folder)
  for (const file of texts) addFile(hash, file)
}

function addFile(hash: Hash, { path, sizeBytes, mtimeMs }: FoundFile): void {
  hash.update(JSON.stringify([path, sizeBytes, mtimeMs]))
}
