/** Whether the bytes of a checkpoint are those that were written: its zips hold a CRC-32 of each entry, which PyTorch does not check. */
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import type { ZipEntry } from '../../formats/zip/entry-checks.ts'
import { CHECKPOINT_FILES } from '../../trainer/checkpoints.ts'
import { openArchiveFile, type ArchiveFile } from '../zip/archive-file.ts'
import { readZipDirectory } from '../zip/zip-directory.ts'

/**
 * `optimizer.bin has a wrong checksum`, or null. Reads the whole of a checkpoint but its weights, which have no checksum: to be
 * asked of the one that a training goes on from.
 */
export async function findChecksumProblem(checkpoint: string): Promise<string | null> {
  for (const { path } of CHECKPOINT_FILES.filter(({ kind }) => kind === 'zip')) {
    const file = join(checkpoint, path)
    const { directory } = await readZipDirectory(file)
    const archive = await openArchiveFile(file)
    try {
      for (const index of directory.names.keys()) {
        const entry = directory.at(index)
        if ((await readChecksum(archive, entry)) !== entry.crc32) return `${path} has a wrong checksum`
      }
    } finally {
      await archive.close()
    }
  }
  return null
}

const CHUNK_BYTES = 8 << 20
const LOCAL_HEADER_BYTES = 30

/** Of the stored bytes behind the entry's local header. */
async function readChecksum(archive: ArchiveFile, { offset, sizeBytes }: ZipEntry): Promise<number> {
  const head = await archive.read(offset, LOCAL_HEADER_BYTES)
  if (head.length < LOCAL_HEADER_BYTES) return -1
  const start = offset + LOCAL_HEADER_BYTES + head.readUInt16LE(26) + head.readUInt16LE(28)
  let checksum = 0
  for (let done = 0; done < sizeBytes; done += CHUNK_BYTES)
    checksum = crc32(await archive.read(start + done, Math.min(CHUNK_BYTES, sizeBytes - done)), checksum)
  return checksum
}
