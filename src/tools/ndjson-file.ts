/** Files with one JSON document a line, read without holding them whole. */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createInterface } from 'node:readline'

/** Throws a SyntaxError at a broken line. */
export async function* readNdjson<T>(path: string): AsyncGenerator<T> {
  await stat(path)
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Infinity })
  for await (const line of lines) if (line !== '') yield JSON.parse(line) as T
}
