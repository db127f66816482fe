/** Writes zip archives record by record: valid ones, and every kind of invalid one. */
import { crc32, deflateRawSync } from 'node:zlib'

export interface MadeEntry {
  readonly name: string | Buffer
  readonly data?: string | Uint8Array
  readonly stored?: boolean
  /** Sizes and place in the zip64 field, as for large archives. */
  readonly zip64?: boolean
  /** Sizes behind the data, as programs do that write to a pipe. */
  readonly descriptor?: boolean
  /** Bit 11: the name is UTF-8. Default: it is set where the name is given as text. */
  readonly utf8?: boolean
  /** Unix mode: 0o120777 is a symbolic link. */
  readonly mode?: number
  /** Extra field in the directory. */
  readonly extra?: Buffer
  /** Lies of the directory. */
  readonly lie?: Partial<
    Record<'flags' | 'method' | 'crc32' | 'compressedBytes' | 'sizeBytes' | 'offset', number>
  >
}

export interface MadeZip {
  readonly prefix?: Buffer
  readonly comment?: string
  /** With the zip64 end record, whatever the size. */
  readonly zip64?: boolean
  /** Added to every offset that is written: as if so many bytes stood before the end of the last entry. */
  readonly shift?: number
  /** Lies of the end record. */
  readonly lie?: {
    readonly entries?: number
    readonly bytes?: number
    readonly offset?: number
    readonly disk?: number
  }
}

/** `shift` bytes of nothing are to be put between head (the prefix) and tail. */
export function makeZip(entries: readonly MadeEntry[], options: MadeZip = {}): Buffer {
  const { prefix = Buffer.alloc(0), shift = 0 } = options
  const locals: Buffer[] = []
  const records: Buffer[] = []
  let offset = shift
  for (const entry of entries) {
    const { local, record } = makeEntry(entry, offset)
    locals.push(local)
    records.push(record)
    offset += local.length
  }
  const directory = Buffer.concat(records)
  return Buffer.concat([
    prefix,
    ...locals,
    directory,
    makeEnd(entries.length, directory.length, offset, options),
  ])
}

function makeEntry(entry: MadeEntry, offset: number): { local: Buffer; record: Buffer } {
  const {
    data = '',
    stored = false,
    descriptor = false,
    zip64 = false,
    lie = {},
    extra = Buffer.alloc(0),
  } = entry
  const name = Buffer.from(entry.name as string)
  const bytes = Buffer.from(data as string)
  const packed = stored ? bytes : deflateRawSync(bytes)
  const isUtf8 = entry.utf8 ?? typeof entry.name === 'string'
  const flags = lie.flags ?? (isUtf8 ? 0x800 : 0) | (descriptor ? 8 : 0)
  const method = lie.method ?? (stored ? 0 : 8)
  const sums = [
    lie.crc32 ?? crc32(bytes),
    lie.compressedBytes ?? packed.length,
    lie.sizeBytes ?? bytes.length,
  ] as const
  const local = Buffer.concat([
    u32(0x04034b50),
    u16(45),
    u16(flags),
    u16(method),
    u32(0),
    ...(descriptor ? [u32(0), u32(0), u32(0)] : sums.map(u32)),
    u16(name.length),
    u16(0),
    name,
    packed,
    ...(descriptor ? [u32(0x08074b50), ...sums.map(u32)] : []),
  ])
  const place = lie.offset ?? offset
  const field = zip64
    ? Buffer.concat([u16(1), u16(24), u64(sums[2]), u64(sums[1]), u64(place)])
    : Buffer.alloc(0)
  const record = Buffer.concat([
    u32(0x02014b50),
    u16((3 << 8) | 45),
    u16(45),
    u16(flags),
    u16(method),
    u32(0),
    u32(sums[0]),
    ...(zip64 ? [u32(0xffffffff), u32(0xffffffff)] : [u32(sums[1]), u32(sums[2])]),
    u16(name.length),
    u16(field.length + extra.length),
    u16(0),
    u16(0),
    u16(0),
    u32((entry.mode ?? 0o100644) * 65536),
    u32(zip64 ? 0xffffffff : place),
    name,
    extra,
    field,
  ])
  return { local, record }
}

function makeEnd(
  count: number,
  bytes: number,
  offset: number,
  { comment = '', zip64, lie = {} }: MadeZip,
): Buffer {
  const end = { entries: count, bytes, offset, disk: 0, ...lie }
  const record = zip64
    ? [
        u32(0x06064b50),
        u64(44),
        u16(45),
        u16(45),
        u32(end.disk),
        u32(end.disk),
        u64(end.entries),
        u64(end.entries),
        u64(end.bytes),
        u64(end.offset),
        u32(0x07064b50),
        u32(0),
        u64(offset + bytes),
        u32(1),
      ]
    : []
  const [entries, size, place] = zip64
    ? [0xffff, 0xffffffff, 0xffffffff]
    : [end.entries, end.bytes, end.offset]
  return Buffer.concat([
    ...record,
    u32(0x06054b50),
    u16(zip64 ? 0 : end.disk),
    u16(zip64 ? 0 : end.disk),
    u16(entries!),
    u16(entries!),
    u32(size!),
    u32(place!),
    u16(Buffer.byteLength(comment)),
    Buffer.from(comment),
  ])
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16LE(value)
  return bytes
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value >>> 0)
  return bytes
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes
}
