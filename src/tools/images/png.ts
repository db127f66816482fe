/** A PNG encoder for drawings: unfiltered rows with a low zlib level are fastest for large areas of one colour. */
import { promisify } from 'node:util'
import { deflate, deflateSync } from 'node:zlib'
import { formatPngChunk, PNG_SIGNATURE } from '../../formats/pictures/png-chunks.ts'

const deflateAsync = promisify(deflate)
const ZLIB_LEVEL = 3

/** `rgb` holds `width * height` pixels of three bytes, row by row. Compresses in Node's thread pool. */
export async function encodePng(rgb: Uint8Array, width: number, height: number): Promise<Buffer> {
  const rows = withFilterBytes(rgb, width, height)
  return assemblePng(await deflateAsync(rows, { level: ZLIB_LEVEL }), width, height)
}

/** Returns the same file, but compresses synchronously; for worker threads that have nothing else to do. */
export function encodePngHere(rgb: Uint8Array, width: number, height: number): Buffer {
  const size = (width * 3 + 1) * height
  if (spareRows.length !== size) spareRows = Buffer.alloc(size)
  const rows = withFilterBytes(rgb, width, height, spareRows)
  return assemblePng(deflateSync(rows, { level: ZLIB_LEVEL, chunkSize: DEFLATED_BYTES }), width, height)
}

/** Reused within this thread: drawings have one size, and allocating memory takes as long as copying. */
let spareRows = Buffer.alloc(0)
/** Most compressed drawings fit, so that the output need not be concatenated. */
const DEFLATED_BYTES = 65_536

/** Assembles a PNG file from 8-bit RGB rows that are already filtered and compressed. */
export function assemblePng(pixels: Buffer, width: number, height: number): Buffer {
  return Buffer.concat([
    PNG_SIGNATURE,
    ...formatPngChunk('IHDR', header(width, height)),
    ...formatPngChunk('IDAT', pixels),
    ...formatPngChunk('IEND', Buffer.alloc(0)),
  ])
}

/** Puts filter type 0 before every row. `rows` must be zeros or an earlier result of the same size. */
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
