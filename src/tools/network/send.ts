/** Sends one request: through the proxy that the environment names, trusting the certificates that it names. */
import type { Dispatcher, fetch as Fetch, Response } from 'undici'
import { certificatesKey, openTrust } from './certificates.ts'
import type { Proxy } from './find-proxy.ts'

export interface SendOptions {
  readonly headers: Readonly<Record<string, string>>
  readonly proxy: Proxy | null
  readonly signal: AbortSignal
}

/** Redirects are answers like any other. Throws what the connection throws. */
export async function send(url: string, { headers, proxy, signal }: SendOptions): Promise<Response> {
  const { fetch, dispatcher } = await openDispatcher(proxy)
  return fetch(url, { redirect: 'manual', headers, signal, dispatcher })
}

interface Sender {
  readonly fetch: typeof Fetch
  readonly dispatcher: Dispatcher
}

/** Connections are kept for the next request; idle ones do not keep the program running. */
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

/** Loads undici, which takes longer than to plan a folder: only when something is sent. */
async function makeSender(proxy: Proxy | null): Promise<Sender> {
  // By its default export: in a bundle a CommonJS package has no other.
  const [{ default: undici }, secureContext] = await Promise.all([import('undici'), openTrust()])
  const { Agent, fetch, ProxyAgent } = undici
  const connection = { timeout: CONNECT_TIMEOUT_MS, ...(secureContext && { secureContext }) }
  // `ask` times the silence itself.
  const limits = { headersTimeout: 0, bodyTimeout: 0 }
  if (proxy === null) return { fetch, dispatcher: new Agent({ ...limits, connect: connection }) }
  const { username, password, origin } = proxy.url
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  const dispatcher = new ProxyAgent({
    ...limits,
    uri: origin,
    // As other programs do: https goes through a tunnel, http does not.
    proxyTunnel: false,
    proxyTls: connection,
    requestTls: connection,
    ...(username !== '' && { token: `Basic ${Buffer.from(pair).toString('base64')}` }),
  })
  return { fetch, dispatcher }
}
