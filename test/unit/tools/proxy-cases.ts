/** Environments, an address, and the proxy that it goes through with the variable that names it; null: none. */
export const PROXY_NAMES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'].flatMap((name) => [
  name,
  name.toLowerCase(),
])

type Case = [environment: Record<string, string>, address: string, expected: [string, string] | null]

const A = 'http://a:1'
const B = 'http://b:2'
const viaA: [string, string] = ['a:1', 'HTTPS_PROXY']
const HUB = 'https://huggingface.co/x'

export const PROXY_CASES: readonly Case[] = [
  [{}, HUB, null],
  [{ HTTPS_PROXY: A }, HUB, viaA],
  [{ HTTPS_PROXY: 'a:1' }, HUB, viaA],
  [{ HTTPS_PROXY: 'http://me:secret@a:1' }, HUB, viaA],
  [{ HTTPS_PROXY: A, HTTP_PROXY: B }, 'http://mirror/x', ['b:2', 'HTTP_PROXY']],
  [{ HTTPS_PROXY: A }, 'http://mirror/x', null],
  [{ HTTP_PROXY: B }, HUB, null],
  [{ ALL_PROXY: B }, HUB, ['b:2', 'ALL_PROXY']],
  [{ ALL_PROXY: B, HTTPS_PROXY: A }, HUB, viaA],
  [{ HTTPS_PROXY: A, https_proxy: B }, HUB, ['b:2', 'https_proxy']],
  [{ HTTPS_PROXY: A, https_proxy: '' }, HUB, null],
  [{ HTTPS_PROXY: A, NO_PROXY: '*' }, HUB, null],
  [{ HTTPS_PROXY: A, NO_PROXY: 'example.com, huggingface.co' }, HUB, null],
  [{ HTTPS_PROXY: A, no_proxy: 'co' }, HUB, null],
  [{ HTTPS_PROXY: A, NO_PROXY: 'face.co' }, HUB, viaA],
  [{ HTTPS_PROXY: A, NO_PROXY: 'corp.example' }, 'https://mirror.corp.example/x', null],
  [{ HTTPS_PROXY: A, NO_PROXY: '.corp.example' }, 'https://mirror.corp.example/x', null],
  [{ HTTPS_PROXY: A, NO_PROXY: 'mirror.corp.example' }, 'https://corp.example/x', viaA],
  [{ HTTPS_PROXY: A, NO_PROXY: '127.0.0.1' }, 'https://127.0.0.1:8443/x', null],
  [{ HTTPS_PROXY: A, NO_PROXY: '::1' }, 'https://[::1]:8443/x', null],
  [{ HTTPS_PROXY: A, NO_PROXY: 'localhost' }, 'https://localhost:8443/x', null],
]

/** What curl takes, and the Hub's own client does not. */
export const MORE_CASES: readonly Case[] = [
  [{ HTTPS_PROXY: A, NO_PROXY: '*.corp.example' }, 'https://mirror.corp.example/x', null],
  [{ HTTPS_PROXY: A, NO_PROXY: '.corp.example' }, 'https://corp.example/x', null],
  [{ HTTPS_PROXY: A, NO_PROXY: 'huggingface.co:443' }, HUB, null],
  [{ HTTPS_PROXY: A, NO_PROXY: 'huggingface.co:8443' }, HUB, viaA],
  [{ HTTPS_PROXY: A, NO_PROXY: '10.0.0.0/8' }, 'https://10.1.2.3/x', null],
  [{ HTTPS_PROXY: A, NO_PROXY: '10.0.0.0/8' }, 'https://11.1.2.3/x', viaA],
  [{ HTTPS_PROXY: A, NO_PROXY: 'fd00::/8' }, 'https://[fd12::1]/x', null],
  [{ HTTPS_PROXY: A, NO_PROXY: '[::1]:8443' }, 'https://[::1]:8443/x', null],
  [{ HTTPS_PROXY: A, NO_PROXY: '10.0.0.0/99 , ,' }, 'https://10.1.2.3/x', viaA],
]
