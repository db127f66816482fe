/** Finds the proxy for a request in the environment, by the rules of curl and of the Hub's own client. */
import { BlockList, isIP } from 'node:net'
import { SettingError } from './setting-error.ts'

export interface Proxy {
  readonly url: URL
  /** Name of the variable in the spelling that is set: `HTTPS_PROXY`. */
  readonly variable: string
}

/** Returns null when the request goes directly to its host. Throws a SettingError for an invalid value. */
export function findProxy(address: string): Proxy | null {
  const url = new URL(address)
  if (isExcepted(url, read('no_proxy')?.value ?? '')) return null
  const set = read(`${url.protocol.slice(0, -1)}_proxy`) ?? read('all_proxy')
  return set === null ? null : { url: parseProxy(set), variable: set.variable }
}

/** Returns `proxy.corp:3128`, never with user name or password. */
export function formatProxy({ url }: Proxy): string {
  return url.host
}

interface Set {
  readonly variable: string
  readonly value: string
}

/** The lower-case variable wins, even if it is empty: this turns a proxy off for one command. */
function read(variable: string): Set | null {
  const upper = variable.toUpperCase()
  const lower = process.env[variable]?.trim()
  const set = lower === undefined ? { variable: upper, value: process.env[upper]?.trim() ?? '' } : null
  const { value } = set ?? { value: lower! }
  return value === '' ? null : (set ?? { variable, value })
}

function parseProxy({ variable, value }: Set): URL {
  const text = value.includes('://') ? value : `http://${value}`
  const url = URL.canParse(text) ? new URL(text) : null
  if (url !== null && /^https?:$/.test(url.protocol) && url.hostname !== '') return url
  const kind =
    url === null ? 'is not a valid address of a proxy' : `names a proxy of the kind ${url.protocol}//`
  throw new SettingError({
    code: 'network-proxy',
    found: `${variable} ${kind}`,
    expected: 'http://HOST:PORT',
    remedy: `Mend ${variable}, or unset it. Hosts that need no proxy go into NO_PROXY.`,
  })
}

/**
 * `NO_PROXY` may contain domains (which include their subdomains), addresses and networks (`10.0.0.0/8`), each with or without
 * a port, and `*`.
 */
function isExcepted(url: URL, exceptions: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase()
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port
  return exceptions
    .split(/[,\s]+/)
    .filter((entry) => entry !== '')
    .some((entry) => matches(entry.toLowerCase(), host, port))
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true
  if (entry.includes('/')) return isInNetwork(host, entry)
  const [, name = '', wantedPort] = /^\[?([^[\]]*?)\]?(?::(\d+))?$/.exec(entry) ?? []
  const isBareIpv6 = isIP(entry) === 6
  if (!isBareIpv6 && wantedPort !== undefined && wantedPort !== port) return false
  const wanted = isBareIpv6 ? entry : name.replace(/^\*?\./, '')
  if (wanted === '') return false
  return host === wanted || (isIP(host) === 0 && host.endsWith(`.${wanted}`))
}

function isInNetwork(host: string, network: string): boolean {
  const [address = '', bits = ''] = network.split('/')
  const family = isIP(address)
  const length = /^\d+$/.test(bits) ? Number(bits) : Infinity
  if (family === 0 || isIP(host) !== family || length > (family === 4 ? 32 : 128)) return false
  const kind = family === 4 ? 'ipv4' : 'ipv6'
  const list = new BlockList()
  list.addSubnet(address, length, kind)
  return list.check(host, kind)
}
