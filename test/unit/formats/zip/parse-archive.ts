/** Reads archives of `make-zip.ts` like the kit: returns their content, or why they are rejected. */
import { expect } from 'vitest'
import { parseDirectory, type ZipDirectory } from '../../../../src/formats/zip/directory.ts'
import { parseEndRecord, TAIL_BYTES } from '../../../../src/formats/zip/end-record.ts'
import { checkDirectoryPlace } from '../../../../src/formats/zip/entry-checks.ts'
import { ZipError } from '../../../../src/formats/zip/zip-error.ts'
import { makeZip, type MadeEntry, type MadeZip } from './make-zip.ts'

export function parse(archive: Buffer): ZipDirectory {
  const place = parseEndRecord(archive.subarray(-TAIL_BYTES), archive.length)
  checkDirectoryPlace(place)
  return parseDirectory(archive.subarray(place.offset, place.offset + place.bytes), place)
}

export function list(entries: readonly MadeEntry[], options?: MadeZip): readonly string[] {
  return parse(makeZip(entries, options)).names
}

/** Code and message, in one text. */
export function refuse(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (!(error instanceof ZipError)) throw error
    expect(error.remedy).not.toBe('')
    return `${error.code}: ${error.message}`
  }
  throw new Error('it was not refused')
}

export const pair: MadeEntry[] = [
  { name: 'a.png', data: 'first' },
  { name: 'below/b.png', data: 'second', stored: true },
]

/** One entry of that name. */
export const named = (name: string | Buffer, more: Partial<MadeEntry> = {}): MadeEntry[] => [
  { name, data: 'x', ...more },
]
