/** Sends one request through the proxy, and with the certificates, that the environment names. */
import type { Dispatcher, fetch as Fetch, Response } from 'undici'
import { certificatesKey, openTrust } from './certificates.ts'
import type { Proxy } from './find-proxy.ts'

export interface SendOptions {
  readonly headers: Readonly<Record<string, string>>
  readonly proxy: Proxy | null
  readonly signal: AbortSignal
}

/** Returns redirects like any other answer. Throws connection errors unchanged. */
export async function send(url: string, { headers, proxy, signal }: SendOptions): Promise<Response> {
  const { fetch, dispatcher } = await openDispatcher(proxy)
  return fetch(url, { redirect: 'manual', headers, signal, dispatcher })
}

interface Sender {
  readonly fetch: typeof Fetch
  readonly dispatcher: Dispatcher
}

/** Connections are kept open for later requests; idle ones don't keep the program running. */
const senders = new Map<string, Promise<Sender>>()

async function openDispatcher(proxy: Proxy | null): Promise<Sender> {
  const key = `${proxy?.url.href ?? ''} ${certificatesKey()}`
  const known = senders.get(key)
  if (known !== undefined) return known
  const made = makeSender(proxy)
  senders.set(key, made)
  made.catch(() => senders.delete(key))
  return made
}

const CONNECT_TIMEOUT_MS = 10_000

/** Loads undici only when a request is sent, because that takes longer than planning a small dataset. */
async function makeSender(proxy: Proxy | null): Promise<Sender> {
  // Uses the default export, because in a bundle a CommonJS package has no named ones.
  const [{ default: undici }, secureContext] = await Promise.all([import('undici'), openTrust()])
  const { Agent, fetch, ProxyAgent } = undici
  const connection = { timeout: CONNECT_TIMEOUT_MS, ...(secureContext && { secureContext }) }
  // `ask` has its own time limit for silence.
  const limits = { headersTimeout: 0, bodyTimeout: 0 }
  if (proxy === null) return { fetch, dispatcher: new Agent({ ...limits, connect: connection }) }
  const { username, password, origin } = proxy.url
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  const dispatcher = new ProxyAgent({
    ...limits,
    uri: origin,
    // As in other programs, https uses a tunnel and http does not.
    proxyTunnel: false,
    proxyTls: connection,
    requestTls: connection,
    ...(username !== '' && { token: `Basic ${Buffer.from(pair).toString('base64')}` }),
  })
  return { fetch, dispatcher }
}
