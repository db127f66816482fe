/** A PNG writer for drawings: unfiltered rows at a low zlib level are the quickest for large areas of one colour. */
import { promisify } from 'node:util'
import { deflate, deflateSync } from 'node:zlib'
import { formatPngChunk, PNG_SIGNATURE } from '../../formats/pictures/png-chunks.ts'

const deflateAsync = promisify(deflate)
const ZLIB_LEVEL = 3

/** `rgb` holds `width * height` pixels of three bytes, row by row. Compresses on a thread of the pool. */
export async function encodePng(rgb: Uint8Array, width: number, height: number): Promise<Buffer> {
  const rows = withFilterBytes(rgb, width, height)
  return assemblePng(await deflateAsync(rows, { level: ZLIB_LEVEL }), width, height)
}

/** The same file, on this thread: for threads that have nothing else to do. */
export function encodePngHere(rgb: Uint8Array, width: number, height: number): Buffer {
  const size = (width * 3 + 1) * height
  if (spareRows.length !== size) spareRows = Buffer.alloc(size)
  const rows = withFilterBytes(rgb, width, height, spareRows)
  return assemblePng(deflateSync(rows, { level: ZLIB_LEVEL, chunkSize: DEFLATED_BYTES }), width, height)
}

/** Of this thread: drawings come in one size, and fresh memory is as dear as the copying. */
let spareRows = Buffer.alloc(0)
/** Most drawings fit, so that what was compressed need not be put together. */
const DEFLATED_BYTES = 65_536

/** A PNG file of 8-bit RGB rows, filtered and compressed already. */
export function assemblePng(pixels: Buffer, width: number, height: number): Buffer {
  return Buffer.concat([
    PNG_SIGNATURE,
    ...formatPngChunk('IHDR', header(width, height)),
    ...formatPngChunk('IDAT', pixels),
    ...formatPngChunk('IEND', Buffer.alloc(0)),
  ])
}

/** Puts the filter type 0 before every row. `rows`: zeros, or rows of this size that went before. */
function withFilterBytes(
  rgb: Uint8Array,
  width: number,
  height: number,
  rows = Buffer.alloc((width * 3 + 1) * height),
): Buffer {
  const rowBytes = width * 3
  if (rgb.length !== rowBytes * height) {
    throw new RangeError(`expected ${width} x ${height} x 3 bytes, got ${rgb.length}`)
  }
  for (let y = 0; y < height; y++) {
    rows.set(rgb.subarray(y * rowBytes, (y + 1) * rowBytes), y * (rowBytes + 1) + 1)
  }
  return rows
}

/** Width, height, 8 bits, colour type 2 (RGB), no interlacing. */
function header(width: number, height: number): Buffer {
  const data = Buffer.alloc(13)
  data.writeUInt32BE(width, 0)
  data.writeUInt32BE(height, 4)
  data.set([8, 2, 0, 0, 0], 8)
  return data
}
