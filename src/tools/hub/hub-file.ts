/** Reads byte ranges of one file in a Hub dataset. */
import { UserError } from '../../errors.ts'
import type { ByteReader } from '../parquet/byte-reader.ts'
import type { Answer, HubClient } from './hub-client.ts'

export interface HubFilePlace {
  /** `user/set` */
  readonly id: string
  readonly commit: string
  readonly path: string
  readonly sizeBytes: number
}

/** One request for each block: large enough for the Hub's rate limits, small enough for memory. */
const BLOCK_BYTES = 4 << 20

export function openHubFile(client: HubClient, place: HubFilePlace): ByteReader {
  /** The storage URL that the Hub redirects to. It is reused until it expires. */
  let storage: string | null = null
  const resolve = resolveUrl(client.settings.endpoint, place)

  async function readPart(bytes: Uint8Array, start: number): Promise<number> {
    if (storage !== null) {
      try {
        return await ask(storage, bytes, start)
      } catch (error) {
        client.signal.throwIfAborted()
        if (!(error instanceof UserError) || error.code?.startsWith('network-')) throw error
        storage = null
      }
    }
    return ask(resolve, bytes, start)
  }

  function ask(url: string, bytes: Uint8Array, start: number): Promise<number> {
    const question = {
      url,
      about: { kind: 'dataset' as const, id: place.id, revision: place.commit, file: place.path },
      headers: { range: `bytes=${start}-${start + bytes.length - 1}` },
      timeoutMs: client.settings.downloadTimeoutMs,
    }
    return client.ask(question, (answer) => {
      if (answer.url !== resolve) storage = answer.url
      return receive(answer, bytes, { start, place, signal: client.signal })
    })
  }

  return {
    sizeBytes: place.sizeBytes,
    blockBytes: BLOCK_BYTES,
    async read(start, end) {
      const bytes = new Uint8Array(end - start)
      for (let done = 0; done < bytes.length;) done += await readPart(bytes.subarray(done), start + done)
      return bytes
    },
    close: async () => undefined,
  }
}

function resolveUrl(endpoint: string, { id, commit, path }: HubFilePlace): string {
  return `${endpoint}/datasets/${id}/resolve/${commit}/${path.split('/').map(encodeURIComponent).join('/')}`
}

interface Receive {
  readonly start: number
  readonly place: HubFilePlace
  readonly signal: AbortSignal
}

/** Fills `bytes` and returns how many arrived. A broken connection keeps what arrived before. */
async function receive(
  { response, alive }: Answer,
  bytes: Uint8Array,
  { start, place, signal }: Receive,
): Promise<number> {
  checkRange(response, start, place)
  let done = 0
  try {
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      alive()
      const part = chunk.subarray(0, bytes.length - done)
      bytes.set(part, done)
      done += part.length
      if (done === bytes.length) break
    }
  } catch (error) {
    signal.throwIfAborted()
    if (done === 0) throw error
  }
  if (done === 0 && bytes.length > 0) throw new Error('the answer was empty')
  return done
}

function checkRange(
  { status, headers }: Answer['response'],
  start: number,
  { path, sizeBytes }: HubFilePlace,
): void {
  const [, from, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get('content-range') ?? '') ?? []
  if (status === 206 && Number(from) === start && (total === '*' || Number(total) === sizeBytes)) return
  const found = status === 206 ? `bytes from ${from} of ${total}` : `${status}, not a range`
  throw new UserError(
    `${path} was asked for from byte ${start} of ${sizeBytes}, and the server sent ${found}.`,
    {
      code: 'hub-range',
      hint: 'A proxy or mirror may stand in between that does not know ranges: look at HF_ENDPOINT.',
    },
  )
}
