/** Provides files that another program can open, for pictures of any source. */
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { parsePictureFormat } from '../../formats/pictures/picture-format.ts'
import { fileError } from '../../file-error.ts'
import { readLocated } from '../../tools/files/read-located.ts'
import type { PictureSource } from '../../sources/picture-source.ts'

interface Wanted {
  /** Path in the source. */
  readonly path: string
  /** sha256 of its bytes. */
  readonly sha256: string
}

export interface PicturePaths {
  /**
   * Returns an absolute path: the picture's own file if it has one, else a copy. Throws PictureError when the picture does not
   * exist.
   */
  place(wanted: Wanted): Promise<string>
  /** Removes the copy, if there is one; call it when the program is done with the picture. */
  release(sha256: string): Promise<void>
  /** Returns true when the copies of this start, removed ones included, have reached the size limit. */
  isFull(): boolean
  /** Removes the remaining copies. */
  close(): Promise<void>
}

/** Limit for copies that exist at the same time, for programs that read all paths first. */
const MAX_COPIES_BYTES = 512e6

interface OpenOptions {
  readonly source: PictureSource
  /** Folder for copies. */
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

/** Programs may rely on the extension. The content is more reliable than the name. */
function extensionOf(picture: Uint8Array, path: string): string {
  const format = parsePictureFormat(picture)?.format
  if (format === 'jpeg') return '.jpg'
  return typeof format === 'string' ? `.${format}` : extname(path).toLowerCase()
}
