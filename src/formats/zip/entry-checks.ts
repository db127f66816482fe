/** Rejects unsafe zip entries. The limits are far above any set of pictures and far below what would harm the machine. */
import type { RawEntry } from './directory-record.ts'
import type { DirectoryPlace } from './end-record.ts'
import { damaged, quoteName, tooLarge, unsafe, ZipError } from './zip-error.ts'
import { formatCount } from '../../words.ts'

export interface ZipEntry {
  /** Offset of the local header from the start of the file. */
  readonly offset: number
  readonly compressedBytes: number
  readonly sizeBytes: number
  readonly method: 'stored' | 'deflated'
  readonly crc32: number
}

/** One element for each entry of the archive, folders included. */
export interface Columns {
  readonly names: string[]
  /** Offsets of the local headers from the archive's own start. */
  readonly offsets: Float64Array
  readonly nameBytes: Uint16Array
  readonly compressed: Float64Array
  readonly sizes: Float64Array
  readonly crcs: Uint32Array
  readonly deflated: Uint8Array
  /** Folded name (see `foldName`) → index of the file's entry. */
  readonly files: Map<string, number>
}

export const ZIP_LIMITS = {
  /** For comparison: FaceSynthetics has 300,000 entries. */
  entries: 2_000_000,
  directoryBytes: 512 * 2 ** 20,
  entryBytes: 512 * 2 ** 20,
  totalBytes: 2 ** 41,
  /**
   * Largest ratio of unpacked to packed size; deflate can reach 1032. Entries up to `smallBytes` may exceed it, as they can do
   * no harm.
   */
  ratio: 100,
  smallBytes: 2 ** 20,
} as const

const LOCAL_HEADER_BYTES = 30
const METHODS: Readonly<Record<number, ZipEntry['method']>> = { 0: 'stored', 8: 'deflated' }
const OTHER_METHODS: Readonly<Record<number, string>> = {
  9: 'Deflate64',
  12: 'bzip2',
  14: 'LZMA',
  93: 'Zstandard',
  95: 'XZ',
  98: 'PPMd',
  99: 'AES',
}

const ENCRYPTED = 0x1 | 0x40 | 0x2000
const FILE_KIND = 0xf000
const KINDS: Readonly<Record<number, string>> = { 0xa000: 'a symbolic link', 0x4000: 'a folder' }
const REGULAR_FILE = 0x8000

/** Checks the directory's size before it is read. Throws ZipError. */
export function checkDirectoryPlace({ entries, bytes }: DirectoryPlace): void {
  const { entries: most, directoryBytes } = ZIP_LIMITS
  if (entries > most)
    throw tooLarge(`has ${formatCount(entries)} entries: at most ${formatCount(most)} are read`)
  if (bytes > directoryBytes) {
    throw tooLarge(
      `has a directory of ${formatCount(bytes)} bytes: at most ${formatCount(directoryBytes)} are read`,
    )
  }
}

/** Throws ZipError unless the entry is a regular file with a supported method and a plausible size. */
export function checkEntry(entry: RawEntry): ZipEntry['method'] {
  checkKind(entry)
  const method = METHODS[entry.method]
  if (method === undefined) {
    const how = OTHER_METHODS[entry.method] ?? `method ${entry.method}`
    const found = `has ${quoteName(entry.name)} compressed by ${how}, which is not supported`
    const remedy = 'Expected stored or deflated entries: unpack it and name the folder, or pack it again.'
    throw new ZipError('zip-unsupported', found, remedy)
  }
  checkSizes(entry, method)
  return method
}

function checkKind({ name, flags, unixMode }: RawEntry): void {
  if ((flags & ENCRYPTED) !== 0) {
    const remedy = 'Unpack it with its password, and name the folder.'
    throw new ZipError('zip-unsupported', `has ${quoteName(name)} encrypted`, remedy)
  }
  const kind = unixMode & FILE_KIND
  if (kind === 0 || kind === REGULAR_FILE) return
  const what = KINDS[kind] ?? 'a device or the like'
  throw unsafe(`has ${quoteName(name)}, which is ${what}: expected files only`)
}

function checkSizes({ name, sizeBytes, compressedBytes }: RawEntry, method: ZipEntry['method']): void {
  const { entryBytes, ratio, smallBytes } = ZIP_LIMITS
  const [packed, unpacked] = [compressedBytes, sizeBytes]
  if (unpacked > entryBytes) {
    throw tooLarge(
      `has ${quoteName(name)} of ${formatCount(unpacked)} bytes: at most ${formatCount(entryBytes)} are read`,
    )
  }
  if (method === 'stored' && unpacked !== packed) {
    throw damaged(
      `has ${quoteName(name)} stored as ${formatCount(packed)} bytes, and says it has ${formatCount(unpacked)}`,
    )
  }
  if (unpacked > smallBytes && unpacked > ratio * packed) {
    const found = `${formatCount(packed)} bytes that unpack to ${formatCount(unpacked)}`
    throw tooLarge(`has ${quoteName(name)}, ${found}: more than ${ratio} times as many`)
  }
}

type Places = Pick<Columns, 'names' | 'offsets' | 'nameBytes' | 'compressed'>

/** Throws ZipError when entries overlap each other or the directory. Zip bombs let many entries share the same bytes. */
export function checkPlaces(columns: Places, directoryOffset: number): void {
  const { names, offsets, nameBytes, compressed } = columns
  const order = Uint32Array.from(offsets, (_, index) => index)
  if (!isSorted(offsets)) order.sort((a, b) => offsets[a]! - offsets[b]!)
  for (let place = 0; place < order.length; place++) {
    const index = order[place]!
    const next = order[place + 1]
    const end = offsets[index]! + LOCAL_HEADER_BYTES + nameBytes[index]! + compressed[index]!
    if (end <= (next === undefined ? directoryOffset : offsets[next]!)) continue
    const other = next === undefined ? 'its own directory' : quoteName(names[next]!)
    throw unsafe(`has entries that overlap: ${quoteName(names[index]!)} and ${other}`)
  }
}

function isSorted(numbers: Float64Array): boolean {
  for (let index = 1; index < numbers.length; index++) if (numbers[index]! < numbers[index - 1]!) return false
  return true
}

export function checkTotals(sizes: Float64Array): void {
  const total = sizes.reduce((sum, size) => sum + size, 0)
  if (total <= ZIP_LIMITS.totalBytes) return
  throw tooLarge(
    `unpacks to ${formatCount(total)} bytes: at most ${formatCount(ZIP_LIMITS.totalBytes)} are read`,
  )
}
