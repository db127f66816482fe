/** Zip archives on disk for tests. */
import {
  closeSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readdirSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { makeZip, type MadeEntry } from '../unit/formats/zip/make-zip.ts'

/** All files of a folder as entries, pictures deflated and stored by turns. */
export function entriesOfFolder(folder: string): MadeEntry[] {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort()
  return names.map((name, index) => ({
    name,
    data: readFileSync(join(folder, name)),
    stored: index % 2 === 0,
  }))
}

/** As one file of which only the end is there: `holeBytes` of nothing, then the entries. */
export function writeSparseZip(file: string, entries: readonly MadeEntry[], holeBytes: number): void {
  const bytes = makeZip(
    entries.map((entry) => ({ ...entry, zip64: true })),
    { zip64: true, shift: holeBytes },
  )
  const descriptor = openSync(file, 'w')
  try {
    ftruncateSync(descriptor, holeBytes)
    writeSync(descriptor, bytes, 0, bytes.length, holeBytes)
  } finally {
    closeSync(descriptor)
  }
}

const FRAME_FILES = ['.png', '_seg.png', '_ldmks.txt']
const X_CRC32 = 0x8cdc1683

/** An archive with three stored files of one byte (`x`) for each frame, quickly. */
export function makeManyFrames(frames: number): Buffer {
  const locals: string[] = []
  const records: string[] = []
  let offset = 0
  for (let index = 0; index < frames * 3; index++) {
    const name = String(Math.floor(index / 3)).padStart(6, '0') + FRAME_FILES[index % 3]!
    const common = u16(45) + u16(0) + u16(0) + u32(0) + u32(X_CRC32) + u32(1) + u32(1) + u16(name.length)
    locals.push(`${u32(0x04034b50)}${common}${u16(0)}${name}x`)
    records.push(`${u32(0x02014b50)}${u16(0)}${common}${'\0'.repeat(12)}${u32(offset)}${name}`)
    offset += 31 + name.length
  }
  const directory = Buffer.from(records.join(''), 'latin1')
  const options = { entries: frames * 3, bytes: directory.length, offset }
  const end = makeZip([], { zip64: true, lie: options, shift: offset + directory.length })
  return Buffer.concat([Buffer.from(locals.join(''), 'latin1'), directory, end])
}

/** As letters, one a byte: joining them is faster than joining buffers. */
function u16(value: number): string {
  return String.fromCharCode(value & 0xff, (value >> 8) & 0xff)
}

function u32(value: number): string {
  return u16(value) + u16(value >>> 16)
}

/** `FILE.001`, `FILE.002` …; returns the first. */
export function writeParts(file: string, bytes: Buffer, count: number): string {
  const size = Math.ceil(bytes.length / count)
  for (let part = 0; part < count; part++) {
    const name = `${file}.${String(part + 1).padStart(3, '0')}`
    writeFileSync(name, bytes.subarray(part * size, (part + 1) * size))
  }
  return `${file}.001`
}
