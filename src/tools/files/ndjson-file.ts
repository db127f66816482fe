/** Reads files with one JSON document per line without loading them whole. */
import { createReadStream } from 'node:fs'

/** Throws a SyntaxError at a broken line; skips a last line without a line break. */
export async function* readNdjson<T>(path: string): AsyncGenerator<T> {
  for await (const line of readLines(path)) yield JSON.parse(line.toString()) as T
}

/**
 * Yields complete lines, line breaks included, as bytes. (node:readline also splits at U+2028, which JSON and file names may
 * contain.)
 */
export async function* readLines(path: string): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    rest = Buffer.concat([rest, chunk as Buffer])
    let start = 0
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10, start)) {
      yield rest.subarray(start, end + 1)
      start = end + 1
    }
    rest = rest.subarray(start)
  }
}
