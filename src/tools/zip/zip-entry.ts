/** Reads single entries of zip archives in place: one read, one decompression, then checks of size and CRC-32. */
import { constants, crc32, inflateRawSync } from 'node:zlib'
import { describeFileProblem } from '../../file-error.ts'
import { openArchiveFile, type ArchiveFile } from './archive-file.ts'
import { PictureError } from '../images/picture-error.ts'
import type { ZipSpan } from '../files/located.ts'
import { makeRoom, type ReadBuffer } from '../files/read-buffer.ts'

const LOCAL_HEADER = { signature: 0x04034b50, bytes: 30 }
/** Name and extra fields of a local header are rarely longer, so one read covers the whole entry. */
const USUAL_NAME_BYTES = 256

/**
 * Throws PictureError when the entry is damaged; other entries may still be readable. A stored entry may use `into` as its
 * memory.
 */
export async function readZipEntry(span: ZipSpan, into?: ReadBuffer): Promise<Buffer> {
  const isStored = span.method === 'stored'
  const bytes = isStored ? await readPacked(span, makeRoom(into, blockBytes(span))) : await readDeflated(span)
  if (bytes.length !== span.sizeBytes) {
    throw damaged(`it has ${bytes.length} bytes, the archive says ${span.sizeBytes}`)
  }
  if (crc32(bytes) !== span.crc32) throw damaged('its checksum (CRC-32) is wrong')
  return bytes
}

/** Returns up to `length` bytes from the entry's start; fewer, or none, when it is damaged. */
export async function readZipHead(span: ZipSpan, length: number): Promise<Uint8Array> {
  const packed = Math.min(span.compressedBytes, length + HEAD_OVERHEAD_BYTES)
  try {
    const bytes = await readPacked({ ...span, compressedBytes: packed })
    if (span.method === 'stored') return bytes.subarray(0, length)
    return inflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, length)
  } catch {
    return new Uint8Array()
  }
}

/** Bytes that deflate may need before its first output: the code tables of a dynamic Huffman block. */
const HEAD_OVERHEAD_BYTES = 1024

/** Reads compressed bytes into a reused buffer, because allocating memory takes as long as reading. */
async function readDeflated(span: ZipSpan): Promise<Buffer> {
  const kept = spare.pop()
  const bytes = kept !== undefined && kept.length >= blockBytes(span) ? kept : makeSpare(blockBytes(span))
  try {
    return inflate(await readPacked(span, bytes), span.sizeBytes)
  } finally {
    if (spare.length < MOST_SPARE && bytes.length <= LARGEST_SPARE_BYTES) spare.push(bytes)
  }
}

/** Buffers of this thread that are not in use. */
const spare: Buffer[] = []
const MOST_SPARE = 4
const SMALLEST_SPARE_BYTES = 2 ** 20
const LARGEST_SPARE_BYTES = 2 ** 23

function makeSpare(bytes: number): Buffer {
  return Buffer.allocUnsafeSlow(Math.max(bytes, SMALLEST_SPARE_BYTES))
}

async function readPacked(span: ZipSpan, into?: Buffer): Promise<Buffer> {
  const archive = await openShared(span.archive)
  return findPacked(archive, span, into).catch((error: unknown) => {
    throw error instanceof PictureError ? error : unreadable(span.archive, error)
  })
}

async function findPacked(archive: ArchiveFile, span: ZipSpan, into?: Buffer): Promise<Buffer> {
  const { offset, compressedBytes, method } = span
  const block = await archive.read(offset, blockBytes(span), into)
  if (block.length < LOCAL_HEADER.bytes || block.readUInt32LE(0) !== LOCAL_HEADER.signature)
    throw damaged('it is not where the archive says; was the archive changed in the meantime?')
  if (block.readUInt16LE(8) !== (method === 'stored' ? 0 : 8))
    throw damaged('its header and the directory differ')
  const start = LOCAL_HEADER.bytes + block.readUInt16LE(26) + block.readUInt16LE(28)
  const isInside = start + compressedBytes <= block.length
  const packed = isInside
    ? block.subarray(start, start + compressedBytes)
    : await archive.read(offset + start, compressedBytes)
  if (packed.length < compressedBytes) throw damaged('the archive ends in the middle of it')
  return packed
}

function blockBytes({ compressedBytes }: ZipSpan): number {
  return LOCAL_HEADER.bytes + USUAL_NAME_BYTES + compressedBytes
}

/** The output is limited to one byte more than expected, so that an entry with wrong sizes is not decompressed completely. */
function inflate(packed: Buffer, sizeBytes: number): Buffer {
  try {
    return inflateRawSync(packed, { maxOutputLength: sizeBytes + 1, chunkSize: Math.max(64, sizeBytes + 1) })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw damaged(`it unpacks to more than the ${sizeBytes} bytes that the archive says`, error)
    throw damaged('its compressed data is broken', error)
  }
}

function damaged(message: string, cause?: unknown): PictureError {
  return new PictureError('unreadable', `damaged in the archive: ${message}`, cause)
}

function unreadable(archive: string, error: unknown): PictureError {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return new PictureError('missing', `${archive} is gone`, error)
  return new PictureError('unreadable', `${archive} can't be read: ${describeFileProblem(error)}`, error)
}

/** Archives that this thread has open; the most recently used one is last. */
const shared = new Map<string, Promise<ArchiveFile>>()
const MOST_OPEN = 4

async function openShared(archive: string): Promise<ArchiveFile> {
  const opened = shared.get(archive) ?? openArchiveFile(archive)
  shared.delete(archive)
  shared.set(archive, opened)
  if (shared.size > MOST_OPEN) await closeZip(shared.keys().next().value!)
  return opened.catch((error: unknown) => {
    shared.delete(archive)
    throw unreadable(archive, error)
  })
}

/** Closes this thread's file descriptors of an archive after current reads have finished. */
export async function closeZip(archive: string): Promise<void> {
  const opened = shared.get(archive)
  shared.delete(archive)
  await opened?.then((file) => file.close()).catch(() => undefined)
}
