/** Hashes everything in a source that the dataset depends on, so that planning notices every change. */
import type { Hash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { UserError } from '../errors.ts'
import { findPictureFiles, type FoundFile } from './folders-and-zips/picture-files.ts'
import { findBeside } from './folders-and-zips/beside-files.ts'
import { requireNoPictures } from './folders-and-zips/missing-captions.ts'
import { planExclude, planSidecar, type ObserveOptions } from './observe-options.ts'
import type { SourceListing } from './picture-source.ts'

interface ListedFolder {
  readonly folder: string
  /** Path as in the config. */
  readonly given: string
  readonly listing: SourceListing
}

/**
 * Adds sidecar files. Text files in folders are hashed by their extension already; sidecars may have any extension, and may lie
 * beside pictures of other folders.
 */
export async function addBeside(
  hash: Hash,
  { folder, given, listing }: ListedFolder,
  options: ObserveOptions,
): Promise<void> {
  const sidecar = planSidecar(options)
  const { captions, landmarks } = await findBeside({
    folder,
    pictures: listing.entries.map(({ path }) => path),
    sidecar,
    landmarks: options.readsLandmarks === true && options.landmarks === undefined,
  })
  if (sidecar !== null && captions.length === 0) requireNoPictures(listing, { given, sidecar })
  for (const file of [...captions, ...landmarks]) addFile(hash, file)
}

export async function addLandmarks(hash: Hash, given: string, options: ObserveOptions): Promise<void> {
  const place = resolve(options.workingDirectory, given)
  const found = await stat(place).catch(() => null)
  if (found === null) throw noLandmarks(place)
  if (found.isFile()) addFile(hash, { path: '', sizeBytes: found.size, mtimeMs: found.mtimeMs })
  if (found.isDirectory()) await addTexts(hash, place, options)
}

function noLandmarks(place: string): UserError {
  return new UserError(`There is no ${place} (condition.landmarks).`, {
    reason: 'preflight',
    code: 'landmarks-missing',
    hint: 'Name the folder with the landmark files, or one CSV or JSONL file for all pictures.',
  })
}

export async function addTexts(hash: Hash, folder: string, options: ObserveOptions): Promise<void> {
  const { texts } = await findPictureFiles(folder, { exclude: planExclude(options) })
  for (const file of texts) addFile(hash, file)
}

export function addFile(hash: Hash, { path, sizeBytes, mtimeMs }: FoundFile): void {
  hash.update(JSON.stringify([path, sizeBytes, mtimeMs]))
}
