/** Words in a PNG file, as chunks of text (iTXt: UTF-8). Pure. */
import { formatPngChunk, PNG_SIGNATURE, readPngChunks } from './png-chunks.ts'

/** A copy of the file that also says this, before its pixels. The keyword is Latin, 1 to 79 letters. */
export function addPngText(png: Buffer, keyword: string, text: string): Buffer {
  const chunks = [...readPngChunks(png)].map(({ whole }) => whole)
  const [header, ...others] = chunks
  if (header === undefined) throw new RangeError('expected a PNG file')
  // Keyword, end, not compressed, method, no language, no translated keyword.
  const data = Buffer.concat([
    Buffer.from(keyword, 'latin1'),
    Buffer.from([0, 0, 0, 0, 0]),
    Buffer.from(text),
  ])
  return Buffer.concat([PNG_SIGNATURE, header, ...formatPngChunk('iTXt', data), ...others])
}

/** Null where the file says nothing under this keyword. */
export function readPngText(png: Buffer, keyword: string): string | null {
  for (const { type, data } of readPngChunks(png)) {
    const end = data.indexOf(0)
    if (type !== 'iTXt' || data.toString('latin1', 0, end) !== keyword) continue
    const language = data.indexOf(0, end + 3)
    const translated = data.indexOf(0, language + 1)
    return data.toString('utf8', translated + 1)
  }
  return null
}
