/** Names of the files that `annotate` writes for each picture. */
import { basename, dirname, extname, join } from 'node:path'

export interface PictureEntry {
  /** Absolute path. */
  readonly file: string
  /** Path relative to the folder that the user named; the base name when the user named the file itself. */
  readonly relative: string
}

export interface AnnotationNames {
  readonly conditioning: string
  readonly landmarks: string
  readonly overlay: string
}

const OWN_ENDINGS = {
  conditioning: '.conditioning.png',
  landmarks: '.landmarks.json',
  overlay: '.overlay.png',
}

/** Returns true for the name of a file that `annotate` writes. */
export function isAnnotationFile(name: string): boolean {
  const lower = name.toLowerCase()
  return Object.values(OWN_ENDINGS).some((ending) => lower.endsWith(ending))
}

/**
 * Returns one set of file names for each picture, beside the picture or below `out`. `photo.jpg` becomes
 * `photo.landmarks.json`; if another picture would get the same name, both keep their extension.
 */
export function planAnnotationNames(
  pictures: readonly PictureEntry[],
  out: string | null,
): AnnotationNames[] {
  const whole = pictures.map(({ file, relative }) => (out === null ? file : join(out, relative)))
  const stems = whole.map((path) => join(dirname(path), basename(path, extname(path))))
  const counts = new Map<string, number>()
  // Some file systems ignore case.
  for (const stem of stems) counts.set(stem.toLowerCase(), (counts.get(stem.toLowerCase()) ?? 0) + 1)
  return stems.map((stem, index) => {
    const alone = counts.get(stem.toLowerCase()) === 1
    return addEndings(alone ? stem : (whole[index] as string))
  })
}

/** Returns the first two pictures whose files would get the same names; null when all names differ. */
export function findNameClash(
  pictures: readonly PictureEntry[],
  names: readonly AnnotationNames[],
): readonly [string, string] | null {
  const seen = new Map<string, string>()
  for (const [index, { file }] of pictures.entries()) {
    const key = names[index]?.landmarks.toLowerCase() ?? ''
    const other = seen.get(key)
    if (other !== undefined) return [other, file]
    seen.set(key, file)
  }
  return null
}

function addEndings(stem: string): AnnotationNames {
  return {
    conditioning: stem + OWN_ENDINGS.conditioning,
    landmarks: stem + OWN_ENDINGS.landmarks,
    overlay: stem + OWN_ENDINGS.overlay,
  }
}
