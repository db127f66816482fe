/** Reads single entries of zip archives in place: one read, one inflate, size and CRC-32 checked. */
import { constants, crc32, inflateRawSync } from 'node:zlib'
import { describeFileProblem } from '../../file-error.ts'
import { openArchiveFile, type ArchiveFile } from './archive-file.ts'
import { PictureError } from '../images/picture-error.ts'
import type { ZipSpan } from '../files/located.ts'
import { makeRoom, type ReadBuffer } from '../files/read-buffer.ts'

const LOCAL_HEADER = { signature: 0x04034b50, bytes: 30 }
/** Name and extra fields of a local header are rarely longer, so that one read takes in all. */
const USUAL_NAME_BYTES = 256

/** Throws PictureError when the entry is damaged; the rest of the archive may be well. What is stored may come in `into`. */
export async function readZipEntry(span: ZipSpan, into?: ReadBuffer): Promise<Buffer> {
  const isStored = span.method === 'stored'
  const bytes = isStored ? await readPacked(span, makeRoom(into, blockBytes(span))) : await readDeflated(span)
  if (bytes.length !== span.sizeBytes) {
    throw damaged(`it has ${bytes.length} bytes, the archive says ${span.sizeBytes}`)
  }
  if (crc32(bytes) !== span.crc32) throw damaged('its checksum (CRC-32) is wrong')
  return bytes
}

/** Its first bytes, at most `length`; fewer, or none, when it is damaged. */
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

/** What deflate may need before its first bytes: the tables of a block with Huffman codes of its own. */
const HEAD_OVERHEAD_BYTES = 1024

/** Fresh memory is as dear as the reading: packed bytes go into a buffer that is used again. */
async function readDeflated(span: ZipSpan): Promise<Buffer> {
  const kept = spare.pop()
  const bytes = kept !== undefined && kept.length >= blockBytes(span) ? kept : makeSpare(blockBytes(span))
  try {
    return inflate(await readPacked(span, bytes), span.sizeBytes)
  } finally {
    if (spare.length < MOST_SPARE && bytes.length <= LARGEST_SPARE_BYTES) spare.push(bytes)
  }
}

/** Of this thread, not in use. */
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
    throw damaged('it is not where the archive says; was the archive changed meanwhile?')
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

/** One byte more than expected is too much: what unpacks to more is not unpacked. */
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

/** Open archives of this thread, the one used last at the end. */
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

/** Lets this thread's descriptors of an archive go. What is being read is read to its end. */
export async function closeZip(archive: string): Promise<void> {
  const opened = shared.get(archive)
  shared.delete(archive)
  await opened?.then((file) => file.close()).catch(() => undefined)
}
