/** Reads an archive as one sequence of bytes: a single file, or the parts it was split into (`set.zip.001`, `.002` …). */
import { open, stat, type FileHandle } from 'node:fs/promises'

export interface ArchiveFile {
  readonly sizeBytes: number
  /** Size and modification time of each part; it differs when the archive has changed. */
  readonly version: string
  readonly parts: number
  /** Returns up to `length` bytes from `offset` on, fewer at the end of the archive. Uses `into` as memory if it is given. */
  read(offset: number, length: number, into?: Buffer): Promise<Buffer>
  close(): Promise<void>
}

interface Part {
  readonly handle: FileHandle
  readonly start: number
  readonly end: number
}

/** `file` is the archive or its first part. Throws the system's error when it can't be opened. */
export async function openArchiveFile(file: string): Promise<ArchiveFile> {
  const parts: Part[] = []
  const versions: string[] = []
  try {
    for (const path of await listParts(file)) {
      const handle = await open(path, 'r')
      const start = parts.at(-1)?.end ?? 0
      const part = { handle, start, end: start }
      parts.push(part)
      const { size, mtimeMs } = await handle.stat()
      part.end = start + size
      versions.push(`${size}@${mtimeMs}`)
    }
  } catch (error) {
    await closeAll(parts)
    throw error
  }
  return {
    sizeBytes: parts.at(-1)!.end,
    version: versions.join(' '),
    parts: parts.length,
    read(offset, length, into) {
      const end = Math.min(offset + length, parts.at(-1)!.end)
      return readParts(parts, { offset, end, bytes: into ?? Buffer.allocUnsafe(Math.max(0, end - offset)) })
    },
    close: () => closeAll(parts),
  }
}

/** Returns the same text as `ArchiveFile.version` without opening the archive. */
export async function readArchiveVersion(file: string): Promise<string> {
  const found = await Promise.all((await listParts(file)).map((path) => stat(path)))
  return found.map(({ size, mtimeMs }) => `${size}@${mtimeMs}`).join(' ')
}

/** Returns the paths of the existing parts, in order. */
async function listParts(file: string): Promise<string[]> {
  const paths = [file]
  if (!file.endsWith('.001')) return paths
  for (;;) {
    const next = file.slice(0, -3) + String(paths.length + 1).padStart(3, '0')
    if ((await stat(next).catch(() => null)) === null) return paths
    paths.push(next)
  }
}

interface Read {
  readonly offset: number
  readonly end: number
  /** Memory for the result. */
  readonly bytes: Buffer
}

async function readParts(parts: readonly Part[], { offset, end, bytes }: Read): Promise<Buffer> {
  let done = 0
  for (const part of parts) {
    while (offset + done >= part.start && offset + done < Math.min(part.end, end)) {
      const want = Math.min(part.end, end) - offset - done
      const { bytesRead } = await part.handle.read(bytes, done, want, offset + done - part.start)
      if (bytesRead === 0) return bytes.subarray(0, done)
      done += bytesRead
    }
  }
  return bytes.subarray(0, done)
}

async function closeAll(parts: readonly Part[]): Promise<void> {
  for (const { handle } of parts) await handle.close()
}
