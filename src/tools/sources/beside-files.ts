/** The files that are read with pictures, where there are any: captions and landmarks of their own. */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { basename, dirname } from 'node:path/posix'
import { sidecarName } from '../../dataset/captions.ts'
import { LANDMARK_FORMATS } from '../../dataset/landmark-files/index.ts'
import { mapInOrder } from '../concurrent.ts'
import type { FoundFile } from '../picture-files.ts'

export interface BesideOptions {
  readonly folder: string
  /** Paths of the pictures, below the folder. */
  readonly pictures: readonly string[]
  /** Extension of the captions; null when none are read. */
  readonly sidecar: string | null
  /** Whether landmarks are read. */
  readonly landmarks: boolean
}

export interface BesideFiles {
  readonly captions: readonly FoundFile[]
  readonly landmarks: readonly FoundFile[]
}

/** Folders are read once, so that what is not there costs nothing. */
export async function findBeside({
  folder,
  pictures,
  sidecar,
  landmarks,
}: BesideOptions): Promise<BesideFiles> {
  if (sidecar === null && !landmarks) return { captions: [], landmarks: [] }
  const names = new FolderNames(folder)
  const files = { captions: [] as FoundFile[], landmarks: [] as FoundFile[] }
  const found = mapInOrder(pictures, 64, async (picture) => {
    const captions = sidecar === null ? [] : [sidecarName(picture, sidecar)]
    const points = landmarks ? LANDMARK_FORMATS.map(({ name }) => name(picture)) : []
    return Promise.all([captions, points].map((paths) => measureFirst(folder, paths, names)))
  })
  for await (const [caption, points] of found) {
    if (caption) files.captions.push(caption)
    if (points) files.landmarks.push(points)
  }
  return files
}

async function measureFirst(
  folder: string,
  paths: readonly string[],
  names: FolderNames,
): Promise<FoundFile | null> {
  for (const path of paths) {
    if (!(await names.has(path))) continue
    const found = await stat(join(folder, path)).catch(() => null)
    if (found !== null) return { path, sizeBytes: found.size, mtimeMs: found.mtimeMs }
  }
  return null
}

class FolderNames {
  readonly #root: string
  readonly #folders = new Map<string, Promise<ReadonlySet<string>>>()

  constructor(root: string) {
    this.#root = root
  }

  async has(path: string): Promise<boolean> {
    const folder = dirname(path)
    const names = this.#folders.get(folder) ?? readNames(join(this.#root, folder))
    this.#folders.set(folder, names)
    return (await names).has(basename(path).toLowerCase())
  }
}

/** In lower case: some systems do not tell it from upper case. */
async function readNames(folder: string): Promise<ReadonlySet<string>> {
  const names = await readdir(folder).catch(() => [])
  return new Set(names.map((name) => name.toLowerCase()))
}
