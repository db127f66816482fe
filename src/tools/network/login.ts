/** User names and passwords in URLs. Pure. */

export interface Credential {
  /** Value of the header: `Bearer hf_…`. */
  readonly authorization: string
  /** The only origin that it may be sent to. */
  readonly origin: string
}

/** Mirrors are often configured with a login: `https://name:password@mirror.corp/hub`. */
export function readLogin(address: string): Credential | null {
  const { username, password, origin } = new URL(address)
  if (username === '') return null
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}`, origin }
}

export function withoutLogin(address: string): string {
  const url = new URL(address)
  url.username = url.password = ''
  return url.href
}
