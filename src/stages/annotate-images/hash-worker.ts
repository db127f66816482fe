/** Worker thread of `picture-hasher.ts`: returns the sha256 of one picture after the other. */
import { serveRequests } from '../../tools/threads/picture-threads.ts'
import { createReadBuffer } from '../../tools/files/read-buffer.ts'
import { hashBytes, readLocated } from '../../tools/files/read-located.ts'
import type { Located } from '../../tools/files/located.ts'

const buffer = createReadBuffer()

serveRequests({
  ready: null,
  work: async (located: Located) => hashBytes(await readLocated(located, buffer)),
})
