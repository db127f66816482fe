/** Which proxy is used for a URL, as a table. test/e2e/proxy-witness.test.ts compares it with the Hub's own client. */
import { afterEach, expect, test, vi } from 'vitest'
import { findProxy } from '../../../src/tools/network/find-proxy.ts'
import { MORE_CASES, PROXY_CASES, PROXY_NAMES } from './proxy-cases.ts'

afterEach(() => void vi.unstubAllEnvs())

function set(environment: Record<string, string>): void {
  for (const name of PROXY_NAMES) vi.stubEnv(name, environment[name])
}

test.each([...PROXY_CASES, ...MORE_CASES])('%j: %s goes through %s', (environment, address, expected) => {
  set(environment)
  const found = findProxy(address)
  expect(found && [found.url.host, found.variable]).toEqual(expected)
})

test.each([
  ['HTTPS_PROXY', 'socks5://proxy:1080', 'HTTPS_PROXY names a proxy of the kind socks5://'],
  ['ALL_PROXY', 'http://', 'ALL_PROXY is not a valid address of a proxy'],
  ['https_proxy', 'http://me:secret@[proxy', 'https_proxy is not a valid address of a proxy'],
])('%s=%s: refused, without a password', (name, value, found) => {
  set({ [name]: value })
  expect(() => findProxy('https://huggingface.co/x')).toThrow(
    expect.objectContaining({
      message: `${found}; expected http://HOST:PORT.`,
      hint: `Mend ${name}, or unset it. Hosts that need no proxy go into NO_PROXY.`,
      code: 'network-proxy',
      reason: 'preflight',
    }) as Error,
  )
})
