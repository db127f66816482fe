/** Explains in words why there was no answer. Messages never contain a password, a token or a signed URL. */
import { UserError } from '../../errors.ts'
import { formatProxy, type Proxy } from './find-proxy.ts'

export interface Failure {
  readonly code: 'network-missing' | 'network-proxy' | 'network-certificate'
  /** Text after a colon: `ECONNRESET`, `the proxy proxy.corp:3128 does not answer (ENOTFOUND)`. */
  readonly why: string
  readonly hint: string
  /** How many more tries are useful. */
  readonly moreTries: number
}

const MANY = 5
/** For hosts that can't be reached: a wrong name or address stays wrong, so the user should not wait long. */
const FEW = 2

/** `error` was thrown by `send`, or while the answer was read. */
export function explainFailure(
  error: unknown,
  { url, proxy }: { url: string; proxy: Proxy | null },
): Failure {
  const reason = findReason(error)
  const status = /Proxy response \((\d+)\)|\((407)\)/.exec(findMessages(error))
  if (proxy !== null && status !== null) return explainProxyStatus(Number(status[1] ?? status[2]), url, proxy)
  const unconnected = UNCONNECTED.has(reason)
  if (proxy !== null && unconnected) {
    return {
      code: 'network-proxy',
      why: `the proxy ${formatProxy(proxy)} does not answer (${reason})`,
      hint: `Look at ${proxy.variable}. Hosts that need no proxy go into NO_PROXY.`,
      moreTries: FEW,
    }
  }
  if (CERTIFICATE.test(reason)) {
    return {
      code: 'network-certificate',
      why: `the certificate of ${new URL(url).host} is not trusted (${reason})`,
      hint: 'Behind a company proxy, name its certificate: SSL_CERT_FILE=/path/to/ca.pem. Else look at the clock of this machine.',
      moreTries: 0,
    }
  }
  const look = proxy === null ? 'Look at the network connection' : `Look at the proxy ${formatProxy(proxy)}`
  const unset = proxy === null ? '; a proxy goes into HTTPS_PROXY.' : '.'
  return {
    code: 'network-missing',
    why: reason,
    hint: `${look}${unset}`,
    moreTries: FINAL.test(reason) ? 0 : unconnected ? FEW : MANY,
  }
}

/** Explains a status code that a proxy returned instead of the host. */
export function explainProxyStatus(status: number, url: string, proxy: Proxy): Failure {
  const { host } = new URL(url)
  const name = formatProxy(proxy)
  const base = { code: 'network-proxy' as const, moreTries: status >= 500 ? MANY : 0 }
  if (status === 407) {
    const hasLogin = proxy.url.username !== ''
    const { protocol, host: proxyHost } = proxy.url
    return {
      ...base,
      why: `the proxy ${name} asks for a login (407)`,
      hint: hasLogin
        ? `Look at the name and the password in ${proxy.variable}.`
        : `Give it one: ${proxy.variable}=${protocol}//NAME:PASSWORD@${proxyHost}`,
    }
  }
  if (status >= 500) {
    const why = `the proxy ${name} can't reach ${host} (${status})`
    return { ...base, why, hint: `Ask whoever runs the proxy, or try again later.` }
  }
  return {
    ...base,
    why: `the proxy ${name} does not let you through to ${host} (${status})`,
    hint: `Ask whoever runs the proxy to allow ${host}. Hosts that need no proxy go into NO_PROXY.`,
  }
}

export function failureError(
  what: string,
  { code, why, hint }: Failure,
  kept: string,
  cause: unknown,
): UserError {
  return new UserError(`${what}: ${why}.`, { code, hint: `${hint} ${kept}`, cause })
}

const UNCONNECTED = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN', 'ETIMEDOUT'],
  ...['EADDRNOTAVAIL', 'UND_ERR_CONNECT_TIMEOUT'],
])

/** Requests that fetch itself refuses to send. */
const FINAL = /^(bad port|unknown scheme|more than \d+ redirects)$/

/** OpenSSL's error names, as Node passes them on, for a certificate chain that does not end at a trusted certificate. */
const CERTIFICATE = /CERT|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER/

/** Returns the system error code behind `fetch failed`, else the innermost message. */
function findReason(error: unknown): string {
  for (const one of causes(error)) {
    if ('code' in one && typeof one.code === 'string') return one.code
  }
  return causes(error).at(-1)?.message ?? String(error)
}

function findMessages(error: unknown): string {
  return causes(error)
    .map(({ message }) => message)
    .join('\n')
}

function causes(error: unknown): Error[] {
  const found: Error[] = []
  for (let one = error; one instanceof Error && !found.includes(one); one = one.cause) found.push(one)
  return found
}
