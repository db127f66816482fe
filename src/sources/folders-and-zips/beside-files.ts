/** Finds the sidecar files next to pictures: captions and landmarks. */
import { statSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { dirname } from 'node:path/posix'
import { setImmediate } from 'node:timers/promises'
import { composeName } from '../../formats/text/composed-name.ts'
import { sidecarName } from '../../dataset/captions/captions.ts'
import { LANDMARK_FORMATS } from '../../formats/landmark-files/index.ts'
import { OtherForm } from '../../tools/files/other-form.ts'
import type { FoundFile } from './picture-files.ts'

export interface BesideOptions {
  readonly folder: string
  /** Paths of the pictures relative to the folder. */
  readonly pictures: readonly string[]
  /** Extension of the caption files; null when captions are not read. */
  readonly sidecar: string | null
  /** True when landmark files are read. */
  readonly landmarks: boolean
}

export interface BesideFiles {
  readonly captions: readonly FoundFile[]
  readonly landmarks: readonly FoundFile[]
}

/** After this many pictures the event loop gets a turn. */
const BATCH = 1000

/** Lists each folder once, so that missing files cost no system calls. */
export async function findBeside({
  folder,
  pictures,
  sidecar,
  landmarks: isAsked,
}: BesideOptions): Promise<BesideFiles> {
  const [captions, landmarks]: [FoundFile[], FoundFile[]] = [[], []]
  if (sidecar === null && !isAsked) return { captions, landmarks }
  const names = await readNames(folder, pictures)
  const forms = new OtherForm(folder)
  const measure = (path: string): FoundFile | null => {
    if (!names.has(fold(path))) return null
    const found = measureNow(folder, path)
    const other = found === null ? forms.find(path) : null
    return other === null ? found : measureNow(folder, other)
  }
  for (const [index, picture] of pictures.entries()) {
    if (index % BATCH === BATCH - 1) await setImmediate()
    const caption = sidecar === null ? null : measure(sidecarName(picture, sidecar))
    if (caption !== null) captions.push(caption)
    const points = isAsked ? measureFirst(picture, measure) : null
    if (points !== null) landmarks.push(points)
  }
  return { captions, landmarks }
}

function measureFirst(picture: string, measure: (path: string) => FoundFile | null): FoundFile | null {
  for (const { name } of LANDMARK_FORMATS) {
    const found = measure(name(picture))
    if (found !== null) return found
  }
  return null
}

/** Returns the folded paths of all files in the folders that contain the pictures. */
async function readNames(folder: string, pictures: readonly string[]): Promise<ReadonlySet<string>> {
  const paths = new Set<string>()
  for (const below of new Set(pictures.map((path) => dirname(path)))) {
    const start = below === '.' ? '' : `${below}/`
    for (const name of await readdir(join(folder, below)).catch(() => [])) paths.add(fold(start + name))
  }
  return paths
}

/** Some file systems ignore case, or the Unicode form of accents. */
function fold(path: string): string {
  return composeName(path).toLowerCase()
}

/** Returns null when the file is gone, or is a link to nothing. */
function measureNow(folder: string, path: string): FoundFile | null {
  try {
    const { size, mtimeMs } = statSync(join(folder, path))
    return { path, sizeBytes: size, mtimeMs }
  } catch {
    return null
  }
}
