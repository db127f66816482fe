/** The thread that `picture-hasher.ts` starts: one picture's bytes at a time → their sha256. */
import { serveRequests } from './picture-threads.ts'
import { createReadBuffer } from '../sources/read-buffer.ts'
import { hashBytes, readLocated } from '../sources/read-located.ts'
import type { Located } from '../sources/picture-source.ts'

const buffer = createReadBuffer()

serveRequests({
  ready: null,
  work: async (located: Located) => hashBytes(await readLocated(located, buffer)),
})
