/** Finds the landmarks that exist for a picture: in a file for each picture, or in one table for all. */
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { basename as posixBasename } from 'node:path/posix'
import { LANDMARK_FORMATS } from '../../formats/landmark-files/index.ts'
import type { ParsedLandmarks } from '../../formats/landmark-files/parsed-landmarks.ts'
import { tableKind } from '../../formats/table/parse-table.ts'
import { UserError } from '../../errors.ts'
import { openLandmarkTable } from './landmark-table.ts'
import { OtherForm } from '../../tools/files/other-form.ts'
import { hashBytes } from '../../tools/files/read-located.ts'
import type { PictureSource } from '../../sources/picture-source.ts'

/**
 * `place` is the absolute path of a folder or table; null means beside the pictures. Throws a UserError when it does not exist.
 */
export type OpenLandmarks = (
  place: string | null,
  source: Pick<PictureSource, 'readBeside'>,
) => Promise<LandmarkReader>

export interface FoundLandmarks {
  /** File name or table, for messages. */
  readonly place: string
  /** Hash of the landmarks' bytes, in hexadecimal. */
  readonly hash: string
  /** Throws LandmarkFileError. */
  parse(): ParsedLandmarks
}

export interface LandmarkReader {
  /** `picture` is the picture's path in its source. Returns null when there are no landmarks for it. */
  find(picture: string): Promise<FoundLandmarks | null>
  /** Returns in words why `find` returned null. */
  explain(picture: string): string
  close(): Promise<void>
}

export async function openLandmarkReader(
  place: string | null,
  source: Pick<PictureSource, 'readBeside'>,
): Promise<LandmarkReader> {
  if (place === null) return openFiles((path) => source.readBeside(path))
  const found = await stat(place).catch(() => null)
  if (found?.isDirectory()) {
    const forms = new OtherForm(place)
    return openFiles(async (path) => forms.read(path))
  }
  const kind = found?.isFile() ? tableKind(place) : null
  if (kind !== null) return openLandmarkTable({ file: place, name: basename(place), kind })
  throw new UserError(
    found === null
      ? `There is no ${place} (condition.landmarks).`
      : `${place} (condition.landmarks) is neither a folder nor a .csv or .jsonl file.`,
    {
      reason: 'preflight',
      code: 'landmarks-missing',
      hint: 'docs/sources.md lists what landmarks can stand in.',
    },
  )
}

function openFiles(read: (path: string) => Promise<Uint8Array | null>): LandmarkReader {
  return {
    async find(picture) {
      for (const { name, parse } of LANDMARK_FORMATS) {
        const path = name(picture)
        const bytes = await read(path)
        if (bytes === null) continue
        return { place: path, hash: hashBytes(bytes), parse: () => parse(Buffer.from(bytes).toString()) }
      }
      return null
    },
    explain(picture) {
      const names = LANDMARK_FORMATS.map(({ name }) => posixBasename(name(picture)))
      return `there is no ${names[0]}, ${names[1]} or ${names[3]}`
    },
    close: async () => undefined,
  }
}
