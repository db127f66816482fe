/** Parses the central directory of a zip archive and checks every entry. Format: APPNOTE.TXT 6.3.10, 4.3.12 and 4.5.3. */
import { composeName } from '../text/composed-name.ts'
import { readRecord, type RawEntry } from './directory-record.ts'
import type { DirectoryPlace } from './end-record.ts'
import { checkEntry, checkPlaces, checkTotals, type Columns, type ZipEntry } from './entry-checks.ts'
import { checkName, foldName } from './entry-name.ts'
import { damaged, quoteName, unsafe } from './zip-error.ts'

/** The files of an archive, without its folders. They are stored in columns, because there may be hundreds of thousands. */
export interface ZipDirectory {
  /** Paths with `/`, in the order of the directory. */
  readonly names: readonly string[]
  /** Returns the entry at this index of `names`. */
  at(index: number): ZipEntry
  /**
   * Returns undefined when no entry has this name. The name's accents may be in the other Unicode form; no two entries differ
   * in that alone.
   */
  find(name: string): ZipEntry | undefined
}

/** `bytes` is the central directory. Throws ZipError when the archive is damaged or unsafe. */
export function parseDirectory(bytes: Buffer, place: DirectoryPlace): ZipDirectory {
  const columns = makeColumns(place.entries)
  let read = 0
  for (let index = 0; index < place.entries; index++) {
    const record = readRecord(bytes, read, index)
    read += record.recordBytes
    addRecord(record, index, columns)
  }
  if (read !== bytes.length)
    throw damaged(`has a directory whose number of entries is not the stated ${place.entries}`)
  checkPlaces(columns, place.offset - place.prefixBytes)
  checkTotals(columns.sizes)
  return openDirectory(columns, place.prefixBytes)
}

function makeColumns(count: number): Columns {
  return {
    names: [],
    offsets: new Float64Array(count),
    nameBytes: new Uint16Array(count),
    compressed: new Float64Array(count),
    sizes: new Float64Array(count),
    crcs: new Uint32Array(count),
    deflated: new Uint8Array(count),
    files: new Map(),
  }
}

function addRecord(record: RawEntry, index: number, columns: Columns): void {
  const { name } = record
  columns.names.push(name)
  columns.offsets[index] = record.offset
  columns.nameBytes[index] = record.nameBytes
  columns.compressed[index] = record.compressedBytes
  columns.sizes[index] = record.sizeBytes
  columns.crcs[index] = record.crc32
  if (name.endsWith('/')) return checkName(name.slice(0, -1))
  checkName(name)
  columns.deflated[index] = checkEntry(record) === 'deflated' ? 1 : 0
  const key = foldName(name)
  const same = columns.files.get(key)
  if (same !== undefined) throw sameName(columns.names[same]!, name)
  columns.files.set(key, index)
}

function sameName(first: string, second: string): Error {
  if (first === second) return unsafe(`has two entries called ${quoteName(second)}`)
  return unsafe(
    `has entries that some systems can't tell apart: ${quoteName(first)} and ${quoteName(second)}`,
  )
}

function openDirectory(columns: Columns, prefixBytes: number): ZipDirectory {
  const indexes = [...columns.files.values()]
  const entryOf = (index: number): ZipEntry => ({
    offset: columns.offsets[index]! + prefixBytes,
    compressedBytes: columns.compressed[index]!,
    sizeBytes: columns.sizes[index]!,
    method: columns.deflated[index] === 1 ? 'deflated' : 'stored',
    crc32: columns.crcs[index]!,
  })
  return {
    names: indexes.map((index) => columns.names[index]!),
    at: (index) => entryOf(indexes[index]!),
    find(name) {
      const index = columns.files.get(foldName(name))
      const isSame = index !== undefined && composeName(columns.names[index]!) === composeName(name)
      return isSame ? entryOf(index) : undefined
    },
  }
}
