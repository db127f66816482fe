/** Reads the tags of a TIFF's first directory. Supports classic TIFF and BigTIFF in both byte orders. */

export interface TiffTags {
  /** Returns at most 16 values; null when the tag is missing, has another type than numbers, or lies outside the file. */
  read(tag: number): readonly number[] | null
  /**
   * Returns the byte offset of a value that is stored in the directory entry itself; null when the tag is missing or its value
   * is stored elsewhere.
   */
  place(tag: number): number | null
  readonly isLittle: boolean
}

/** Size and reader of the types BYTE, SHORT, LONG, RATIONAL, UNDEFINED and BigTIFF's LONG8. */
const TYPES: Readonly<Record<number, readonly [bytes: number, read: (view: Reader, at: number) => number]>> =
  {
    1: [1, (view, at) => view.u8(at)],
    3: [2, (view, at) => view.u16(at)],
    4: [4, (view, at) => view.u32(at)],
    5: [8, (view, at) => view.u32(at) / view.u32(at + 4)],
    7: [1, (view, at) => view.u8(at)],
    16: [8, (view, at) => view.u64(at)],
  }

/** Limits for damaged files. The tags used here have few values. */
const [MAX_TAGS, MAX_VALUES] = [4096, 16]

/** Returns null when the directory can't be read. */
export function parseTiffTags(bytes: Uint8Array): TiffTags | null {
  return unlessCutShort(() => {
    const view = openReader(bytes)
    const entries = parseEntries(view)
    return {
      isLittle: view.isLittle,
      read: (tag) => unlessCutShort(() => readValues(entries.get(tag), view)),
      place: (tag) => entries.get(tag)?.place ?? null,
    }
  })
}

function unlessCutShort<T>(read: () => T): T | null {
  try {
    return read()
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

function parseEntries(view: Reader): Map<number, Entry> {
  const isBig = view.u16(2) === 43
  const directory = isBig ? view.u64(8) : view.u32(4)
  const count = Math.min(MAX_TAGS, isBig ? view.u64(directory) : view.u16(directory))
  const [first, size] = isBig ? [directory + 8, 20] : [directory + 2, 12]
  const entries = new Map<number, Entry>()
  for (let index = 0; index < count; index++) {
    const at = first + index * size
    entries.set(view.u16(at), parseEntry(view, at, isBig))
  }
  return entries
}

interface Entry {
  readonly type: number
  readonly count: number
  readonly at: number
  /** Offset of the value when it is stored in the entry itself; else null. */
  readonly place: number | null
}

function parseEntry(view: Reader, at: number, isBig: boolean): Entry {
  const type = view.u16(at + 2)
  const count = isBig ? view.u64(at + 4) : view.u32(at + 4)
  const [value, room] = isBig ? [at + 12, 8] : [at + 8, 4]
  const isInside = count * (TYPES[type]?.[0] ?? Infinity) <= room
  if (isInside) return { type, count, at: value, place: value }
  return { type, count, at: isBig ? view.u64(value) : view.u32(value), place: null }
}

function readValues(entry: Entry | undefined, view: Reader): readonly number[] | null {
  const type = entry && TYPES[entry.type]
  if (!entry || !type) return null
  const [bytes, read] = type
  return Array.from({ length: Math.min(entry.count, MAX_VALUES) }, (_, i) => read(view, entry.at + i * bytes))
}

interface Reader {
  readonly isLittle: boolean
  u8(at: number): number
  u16(at: number): number
  u32(at: number): number
  u64(at: number): number
}

function openReader(bytes: Uint8Array): Reader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const isLittle = view.getUint8(0) === 0x49
  return {
    isLittle,
    u8: (at) => view.getUint8(at),
    u16: (at) => view.getUint16(at, isLittle),
    u32: (at) => view.getUint32(at, isLittle),
    u64: (at) => Number(view.getBigUint64(at, isLittle)),
  }
}
