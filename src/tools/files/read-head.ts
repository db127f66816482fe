/** Recognises pictures by their first bytes, for files without a telling name. */
import { closeSync, constants, openSync, readSync } from 'node:fs'
import { isPictureHead, PICTURE_HEAD_BYTES } from '../../formats/pictures/picture-format.ts'

/**
 * Returns false for a file that can't be read. Synchronous: for many small reads this takes a quarter of the time of promises.
 */
export function beginsLikePicture(file: string): boolean {
  try {
    const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      const head = Buffer.alloc(PICTURE_HEAD_BYTES)
      return isPictureHead(head.subarray(0, readSync(descriptor, head)))
    } finally {
      closeSync(descriptor)
    }
  } catch {
    return false
  }
}
