/** The thread that `picture-hasher.ts` starts: one picture's bytes at a time → their sha256. */
import { serveRequests } from './picture-threads.ts'
import { hashBytes, readLocated } from './read-located.ts'
import type { Located } from './sources/picture-source.ts'

serveRequests({ ready: null, work: async (located: Located) => hashBytes(await readLocated(located)) })
