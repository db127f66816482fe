/** The thread that `picture-hasher.ts` starts: one picture's bytes at a time → their sha256. */
import { serveRequests } from '../../tools/threads/picture-threads.ts'
import { createReadBuffer } from '../../tools/files/read-buffer.ts'
import { hashBytes, readLocated } from '../../tools/files/read-located.ts'
import type { Located } from '../../tools/files/located.ts'

const buffer = createReadBuffer()

serveRequests({
  ready: null,
  work: async (located: Located) => hashBytes(await readLocated(located, buffer)),
})
