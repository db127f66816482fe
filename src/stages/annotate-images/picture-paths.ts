/** Files that another program can open for pictures of any source. */
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { parsePictureFormat } from '../../formats/pictures/picture-format.ts'
import { fileError } from '../../file-error.ts'
import { readLocated } from '../../tools/files/read-located.ts'
import type { PictureSource } from '../../sources/picture-source.ts'

interface Wanted {
  /** In the source. */
  readonly path: string
  /** Of its bytes. */
  readonly sha256: string
}

export interface PicturePaths {
  /** Absolute: the picture's own file where it has one, else a copy. Throws PictureError when there is no such picture. */
  place(wanted: Wanted): Promise<string>
  /** The program is through with it: a copy is removed. */
  release(sha256: string): Promise<void>
  /** Whether all copies so far, the removed ones included, are as much as one start should make. */
  isFull(): boolean
  /** Removes the copies that are left. */
  close(): Promise<void>
}

/** What programs that read all paths first may have lying around. */
const MAX_COPIES_BYTES = 512e6

interface OpenOptions {
  readonly source: PictureSource
  /** For copies. */
  readonly folder: string
}

export function openPicturePaths({ source, folder }: OpenOptions): PicturePaths {
  const copies = new Map<string, string>()
  let bytes = 0
  return {
    async place({ path, sha256 }) {
      const located = await source.locate(path)
      if (located.kind === 'file' && !/[\r\n]/.test(located.file)) return located.file
      const picture = await readLocated(located)
      const copy = join(folder, sha256 + extensionOf(picture, path))
      await writeCopy(copy, picture, folder)
      copies.set(sha256, copy)
      bytes += picture.length
      return copy
    },
    async release(sha256) {
      const copy = copies.get(sha256)
      if (copy === undefined) return
      copies.delete(sha256)
      await rm(copy, { force: true })
    },
    isFull: () => bytes >= MAX_COPIES_BYTES,
    async close() {
      await Promise.all([...copies.values()].map((copy) => rm(copy, { force: true })))
    },
  }
}

async function writeCopy(copy: string, picture: Uint8Array, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(copy, picture).catch((error: unknown) => Promise.reject(fileError(error, copy)))
}

/** Programs go by it; what the bytes say is truer than the name. */
function extensionOf(picture: Uint8Array, path: string): string {
  const format = parsePictureFormat(picture)?.format
  if (format === 'jpeg') return '.jpg'
  return typeof format === 'string' ? `.${format}` : extname(path).toLowerCase()
}
