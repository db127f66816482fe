import type { RejectedPicture } from '../../pages/dataset-preview/preview-statistics.ts'
import { UserError } from '../../errors.ts'
import { mapInOrder } from '../../tools/concurrent.ts'
import { PictureError } from '../../tools/images/picture-error.ts'
import { readLocated } from '../../tools/files/read-located.ts'
import type { PictureSource } from '../../sources/picture-source.ts'
import { makeSourceThumbnail } from '../../tools/images/thumbnail.ts'
import type { StageContext } from '../../types.ts'
import { openConfigSource } from '../open-configured-source.ts'

/** Number of pictures at the same time; large ones take time and memory. */
const AT_ONCE = 2

/**
 * Returns thumbnails by path in the source. Reads the pictures again, in the order of the source. Pictures that can't be shown
 * are left out: a preview must not make the dataset fail.
 */
export async function makeRejectThumbnails(
  rejects: readonly RejectedPicture[],
  context: StageContext,
): Promise<Map<string, Buffer>> {
  const thumbnails = new Map<string, Buffer>()
  const readable = rejects.filter(({ rejected }) => rejected.code !== 'unreadable')
  if (readable.length === 0) return thumbnails
  const sorted = [...readable].sort((a, b) => (a.source < b.source ? -1 : 1))
  const source = await openConfigSource(context)
  try {
    const make = async (reject: RejectedPicture): Promise<readonly [string, Buffer | null]> => {
      context.signal.throwIfAborted()
      return [reject.source, await makeOne(reject, source)]
    }
    for await (const [path, bytes] of mapInOrder(sorted, AT_ONCE, make)) {
      if (bytes !== null) thumbnails.set(path, bytes)
    }
  } finally {
    await source.close()
  }
  return thumbnails
}

async function makeOne(
  { source: path, face }: RejectedPicture,
  source: PictureSource,
): Promise<Buffer | null> {
  try {
    const bytes = await readLocated(await source.locate(path))
    return await makeSourceThumbnail(bytes, face?.landmarks)
  } catch (error) {
    if (error instanceof PictureError || error instanceof UserError) return null
    throw error
  }
}
