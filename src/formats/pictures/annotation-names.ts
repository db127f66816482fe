/** Where the files that `annotate` makes go. */
import { basename, dirname, extname, join } from 'node:path'

export interface PictureEntry {
  /** Absolute. */
  readonly file: string
  /** Relative to the folder that was asked for; of a file that was asked for, its base name. */
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

/** Whether `annotate` wrote this itself. */
export function isAnnotationFile(name: string): boolean {
  const lower = name.toLowerCase()
  return Object.values(OWN_ENDINGS).some((ending) => lower.endsWith(ending))
}

/**
 * One set of names for each picture, beside it or below `out`. `photo.jpg` becomes `photo.landmarks.json`; where another
 * picture would take the same name, both keep their extension.
 */
export function planAnnotationNames(
  pictures: readonly PictureEntry[],
  out: string | null,
): AnnotationNames[] {
  const whole = pictures.map(({ file, relative }) => (out === null ? file : join(out, relative)))
  const stems = whole.map((path) => join(dirname(path), basename(path, extname(path))))
  const counts = new Map<string, number>()
  // Some file systems take upper and lower case for the same.
  for (const stem of stems) counts.set(stem.toLowerCase(), (counts.get(stem.toLowerCase()) ?? 0) + 1)
  return stems.map((stem, index) => {
    const alone = counts.get(stem.toLowerCase()) === 1
    return addEndings(alone ? stem : (whole[index] as string))
  })
}

/** Two pictures whose files would have the same names, or null. */
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
