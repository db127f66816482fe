/** The compression codecs of Parquet pages: as streams for pages of pictures, and synchronous for small pages. */
import { Readable } from 'node:stream'
import { brotliDecompressSync, createBrotliDecompress, createGunzip, gunzipSync } from 'node:zlib'
import { decompress, Decompress } from 'fzstd'
import { unpackSnappy } from './snappy.ts'

type Codec = 'UNCOMPRESSED' | 'SNAPPY' | 'GZIP' | 'BROTLI' | 'ZSTD'

type Unpack = (pieces: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>

const STREAMS: Readonly<Record<Codec, Unpack>> = {
  UNCOMPRESSED: (pieces) => pieces,
  SNAPPY: unpackSnappy,
  GZIP: (pieces) => through(pieces, createGunzip()),
  BROTLI: (pieces) => through(pieces, createBrotliDecompress()),
  ZSTD: unpackZstd,
}

/** Returns null for an unsupported codec. */
export function findUnpack(codec: string): Unpack | null {
  return (STREAMS as Readonly<Record<string, Unpack>>)[codec] ?? null
}

/** For hyparquet, which decompresses Snappy itself. */
export const compressors = {
  GZIP: (input: Uint8Array): Uint8Array => gunzipSync(input),
  BROTLI: (input: Uint8Array): Uint8Array => brotliDecompressSync(input),
  ZSTD: (input: Uint8Array, size: number): Uint8Array => decompress(input, new Uint8Array(size)),
}

function through(
  pieces: AsyncIterable<Uint8Array>,
  unpacker: NodeJS.ReadWriteStream,
): AsyncIterable<Uint8Array> {
  const input = Readable.from(pieces, { objectMode: false, highWaterMark: 1 })
  input.on('error', (error) => (unpacker as unknown as { destroy(error: Error): void }).destroy(error))
  return input.pipe(unpacker) as unknown as AsyncIterable<Uint8Array>
}

async function* unpackZstd(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let ready: Uint8Array[] = []
  const unpacker = new Decompress((chunk) => void ready.push(chunk))
  for await (const piece of pieces) {
    // In small portions: the output may be many times larger, and is held until it is yielded.
    for (let at = 0; at < piece.length; at += PORTION_BYTES) {
      unpacker.push(piece.slice(at, at + PORTION_BYTES))
      yield* ready
      ready = []
    }
  }
  unpacker.push(new Uint8Array(0), true)
  yield* ready
}

const PORTION_BYTES = 1 << 16
