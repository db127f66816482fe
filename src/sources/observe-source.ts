/** What planning needs to know of the pictures, without opening any. */
import { createHash, type Hash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { isSegmentation } from '../formats/landmark-files/face-synthetics.ts'
import { formatGeneratedName } from '../generated-faces/generated-source.ts'
import type { Config, SourceFact } from '../types.ts'
import { listFolder } from './list-folder.ts'
import { planAsked, planExclude, planSidecar, planWanted, type ObserveOptions } from './observe-options.ts'
import { observeHub, observeParquet } from './observe-tables.ts'
import { notAFolder, observeZip } from './observe-zip.ts'
import { listPairs } from './pairs-source.ts'
import type { SourceListing } from './picture-source.ts'
import { addBeside, addFile, addLandmarks, addTexts } from './source-digest.ts'

export async function observeSource(
  source: Config['dataset']['source'],
  options: ObserveOptions,
): Promise<SourceFact> {
  const fact = await observeKind(source, options)
  if (options.landmarks === undefined || !fact.exists) return fact
  const hash = createHash('sha256').update(fact.digest)
  await addLandmarks(hash, options.landmarks, options)
  return { ...fact, digest: hash.digest('hex') }
}

async function observeKind(
  source: Config['dataset']['source'],
  options: ObserveOptions,
): Promise<SourceFact> {
  if ('generated' in source) return observeGenerated(source.generated)
  if ('folder' in source) return observeFolder('folder', source.folder, options)
  if ('face_synthetics' in source) return observeFolder('face_synthetics', source.face_synthetics, options)
  if ('pairs' in source) return observePairs(source.pairs, options)
  const { workingDirectory, cache = '', offline = false } = options
  const wanted = planWanted(options)
  if ('hub' in source) return observeHub(source.hub, { wanted, cache, offline })
  return observeParquet(source.parquet, { workingDirectory, exclude: planExclude(options), wanted })
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
  const folder = resolve(options.workingDirectory, given)
  const found = await stat(folder).catch(() => null)
  if (found === null) return { ...NOTHING, kind, given, exists: false, digest: '' }
  const wanted = kind === 'folder' ? planWanted(options) : null
  if (found.isFile()) {
    const { cache } = options
    const fact = await observeZip({ file: folder, given, wanted, sidecar: planSidecar(options), cache })
    return { ...fact, kind, given, exists: true, revision: null }
  }
  if (!found.isDirectory()) throw notAFolder(given)
  const listing = await listFolder({
    folder,
    exclude: planExclude(options),
    skip: kind === 'face_synthetics' ? isSegmentation : undefined,
    wanted,
  })
  const hash = createHash('sha256')
  for (const file of listing.texts) addFile(hash, file)
  await addBeside(hash, { folder, given, listing }, options)
  return describeListing({ kind, given }, listing, hash)
}

async function observePairs(given: string, options: ObserveOptions): Promise<SourceFact> {
  const place = resolve(options.workingDirectory, given)
  const found = await stat(place).catch(() => null)
  if (found === null) return { ...NOTHING, kind: 'pairs', given, exists: false, digest: '' }
  const hash = createHash('sha256')
  if (found.isDirectory()) await addTexts(hash, place, options)
  else addFile(hash, { path: '', sizeBytes: found.size, mtimeMs: found.mtimeMs })
  const asked = { place, exclude: planExclude(options), ...planAsked(options) }
  const listing = await listPairs(asked, { read: false })
  const folder = found.isDirectory() ? place : dirname(place)
  await addBeside(hash, { folder, given, listing }, options)
  return describeListing({ kind: 'pairs', given }, listing, hash)
}

function describeListing(
  { kind, given }: Pick<SourceFact, 'kind' | 'given'>,
  { entries, folders, others, unread }: SourceListing,
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
    unread,
    revision: null,
  }
}
