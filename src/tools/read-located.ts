/** Reads the bytes of one file of a source, wherever they lie. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { PictureError } from './picture-error.ts'
import type { Located } from './sources/picture-source.ts'
import { readZipEntry } from './zip-entry.ts'

/** What can't be read is a PictureError. */
export async function readLocated(located: Located): Promise<Uint8Array> {
  if (located.kind === 'bytes') return located.bytes
  if (located.kind === 'zip') return readZipEntry(located)
  try {
    return await readFile(located.file)
  } catch (error) {
    throw explain(error)
  }
}

/** In hexadecimal. */
export function hashBytes(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function explain(error: unknown): PictureError {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOENT' || code === 'ENOTDIR') return new PictureError('missing', 'no such file', error)
  const why = { EACCES: 'no permission to read it', EISDIR: 'it is a folder' }[code ?? ''] ?? code
  return new PictureError('unreadable', `can't be read: ${why}`, error)
}
