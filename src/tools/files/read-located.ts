/** Reads the bytes of one file of a source, from a file, an archive or memory. */
import { createHash } from 'node:crypto'
import { closeSync, constants, fstatSync, openSync, readFileSync, readSync } from 'node:fs'
import { describeFileProblem } from '../../file-error.ts'
import { PictureError } from '../images/picture-error.ts'
import type { Located } from './located.ts'
import { readZipEntry } from '../zip/zip-entry.ts'
import { makeRoom, type ReadBuffer } from './read-buffer.ts'

/**
 * Throws PictureError when the bytes can't be read. Reads files synchronously, which is fastest in worker threads. With `into`,
 * the result is valid until `into` is used again.
 */
export async function readLocated(located: Located, into?: ReadBuffer): Promise<Uint8Array> {
  if (located.kind === 'bytes') return located.bytes
  if (located.kind === 'zip') return readZipEntry(located, into)
  try {
    return readRegularFile(located.file, into)
  } catch (error) {
    throw error instanceof PictureError ? error : explain(error)
  }
}

/** Larger files are not readable pictures: 64 megapixels with four 16-bit channels take 512 MB. */
export const MAX_FILE_BYTES = 600_000_000

/** Opens without blocking and rejects pipes and devices, which might never end. */
function readRegularFile(file: string, into: ReadBuffer | undefined): Buffer {
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const found = fstatSync(descriptor)
    if (found.isDirectory()) throw new PictureError('unreadable', "can't be read: it is a folder")
    if (!found.isFile())
      throw new PictureError('unreadable', "can't be read: it is a pipe, a socket or a device")
    if (found.size > MAX_FILE_BYTES) {
      const size = `the file has ${Math.round(found.size / 1e6)} MB`
      throw new PictureError('too-large', `too large: ${size}, at most ${MAX_FILE_BYTES / 1e6} are read`)
    }
    return into === undefined || makeRoom(into, found.size + 1) === undefined
      ? readFileSync(descriptor)
      : readInto(descriptor, into)
  } finally {
    closeSync(descriptor)
  }
}

/** Reads to the end of the file, even if its size has changed. */
function readInto(descriptor: number, into: ReadBuffer): Buffer {
  for (let length = 0; ;) {
    const read = readSync(descriptor, into.bytes, length, into.bytes.length - length, null)
    if (read === 0) return into.bytes.subarray(0, length)
    length += read
    if (length < into.bytes.length) continue
    const larger = Buffer.allocUnsafeSlow(length * 2)
    into.bytes.copy(larger)
    into.bytes = larger
  }
}

/** Returns the sha256 in hexadecimal. */
export function hashBytes(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

const WHY: Readonly<Record<string, string>> = {
  EACCES: 'no permission to read it',
  EISDIR: 'it is a folder',
  ELOOP: 'it is a link that leads to itself',
  ENAMETOOLONG: 'its name is too long',
  ENXIO: 'it is a pipe, a socket or a device',
}

function explain(error: unknown): PictureError {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOENT' || code === 'ENOTDIR') return new PictureError('missing', 'no such file', error)
  const why = WHY[code ?? ''] ?? describeFileProblem(error)
  return new PictureError('unreadable', `can't be read: ${why}`, error)
}
