/** Names and passwords in addresses. Pure. */

export interface Credential {
  /** As the header has it: `Bearer hf_…`. */
  readonly authorization: string
  /** The only one that it is sent to. */
  readonly origin: string
}

/** Mirrors are often named with them: `https://name:password@mirror.corp/hub`. */
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
