/**
 * Downloads through a company proxy, and what can go wrong with it. The proxy and the hosts are real servers on this machine.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { UserError } from '../../src/errors.ts'
import { downloadFile } from '../../src/tools/network/download.ts'
import { packageRoot } from '../../src/tools/package-root.ts'
import { startFileServer, type FileServer } from './file-server.ts'
import { startProxy, type ProxyServer } from './proxy-server.ts'

const TLS = join(packageRoot, 'test/fixtures/tls')
const AUTHORITY = join(TLS, 'ca.pem')
const content = Buffer.from('weights '.repeat(10_000))
const NAMES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY']
const CERTIFICATES = ['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS']

let folder: string
let proxy: ProxyServer
let plain: FileServer
let secure: Server
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnk-proxy-'))
  proxy = await startProxy()
  plain = await startFileServer({ '/file': content })
  const [key, cert] = await Promise.all(
    ['server-key.pem', 'server.pem'].map((name) => readFile(join(TLS, name))),
  )
  secure = createServer({ key, cert }, (_, response) => response.end(content))
  await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve))
  proxy.tunnelTo = (secure.address() as AddressInfo).port
  for (const name of [...NAMES, ...NAMES.map((name) => name.toLowerCase()), ...CERTIFICATES])
    vi.stubEnv(name, undefined)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  proxy.close()
  plain.close()
  secure.closeAllConnections()
  secure.close()
  await rm(folder, { recursive: true })
})

const SECURE = 'https://hub.test/file'
const to = () => join(folder, 'file')
const download = (url: string) => downloadFile({ url, to: to(), signal: new AbortController().signal })

async function expectFetched(url: string): Promise<void> {
  await rm(to(), { force: true })
  await download(url)
  expect((await readFile(to())).equals(content)).toBe(true)
}

/** The whole text. */
async function failure(url: string): Promise<{ text: string; code: string | null }> {
  const error = (await download(url).then(
    () => null,
    (error: unknown) => error,
  )) as UserError | null
  const text = [error?.message, error?.hint].join('\n')
  expect(JSON.stringify([text, error?.cause])).not.toContain('secret')
  return { text, code: error?.code ?? null }
}

test('http is forwarded, https goes through a tunnel', async () => {
  vi.stubEnv('HTTP_PROXY', proxy.url)
  vi.stubEnv('HTTPS_PROXY', proxy.host)
  vi.stubEnv('SSL_CERT_FILE', AUTHORITY)
  await expectFetched(`${plain.url}/file`)
  await expectFetched(SECURE)
  expect(proxy.requests).toEqual([`GET ${plain.url}/file`, 'CONNECT hub.test:443'])
  vi.stubEnv('NO_PROXY', '127.0.0.1')
  await expectFetched(`${plain.url}/file`)
  expect(proxy.requests).toHaveLength(2)
})

test('a proxy that asks for a login gets it from its address', async () => {
  proxy.login = 'me:sec ret'
  const address = proxy.url.replace('//', '//me:sec%20ret@')
  vi.stubEnv('ALL_PROXY', address)
  vi.stubEnv('SSL_CERT_FILE', AUTHORITY)
  await expectFetched(`${plain.url}/file`)
  await expectFetched(SECURE)
})

const KEPT = 'What arrived is kept; the next try goes on from there.'

test.each([
  ['none', '//', 'Give it one: HTTPS_PROXY=http://NAME:PASSWORD@PROXY'],
  ['a wrong one', '//me:secret@', 'Look at the name and the password in HTTPS_PROXY.'],
])('a proxy that asks for a login, and there is %s: asked once', async (_what, login, hint) => {
  proxy.login = 'me:other'
  vi.stubEnv('HTTPS_PROXY', proxy.url.replace('//', login))
  expect(await failure(SECURE)).toEqual({
    text: `${SECURE} could not be fetched: the proxy ${proxy.host} asks for a login (407).\n${hint} ${KEPT}`.replace(
      '@PROXY',
      `@${proxy.host}`,
    ),
    code: 'network-proxy',
  })
  vi.stubEnv('HTTP_PROXY', proxy.url)
  expect(await failure(`${plain.url}/file`)).toMatchObject({ code: 'network-proxy' })
  expect(proxy.requests).toHaveLength(2)
})

test('a proxy that does not let through', async () => {
  proxy.refuse = 403
  vi.stubEnv('HTTPS_PROXY', proxy.url)
  expect(await failure(SECURE)).toEqual({
    text: `${SECURE} could not be fetched: the proxy ${proxy.host} does not let you through to hub.test (403).
Ask whoever runs the proxy to allow hub.test. Hosts that need no proxy go into NO_PROXY. ${KEPT}`,
    code: 'network-proxy',
  })
})

test('a proxy that is not there', async () => {
  vi.stubEnv('https_proxy', proxy.url)
  proxy.close()
  expect(await failure(SECURE)).toEqual({
    text: `${SECURE} could not be fetched: the proxy ${proxy.host} does not answer (ECONNREFUSED).
Look at https_proxy. Hosts that need no proxy go into NO_PROXY. ${KEPT}`,
    code: 'network-proxy',
  })
})

test('a proxy of another kind', async () => {
  vi.stubEnv('ALL_PROXY', 'socks5://me:secret@127.0.0.1:1080')
  expect(await failure(SECURE)).toEqual({
    text: `ALL_PROXY names a proxy of the kind socks5://; expected http://HOST:PORT.
Mend ALL_PROXY, or unset it. Hosts that need no proxy go into NO_PROXY.`,
    code: 'network-proxy',
  })
})

const local = () => `https://localhost:${(secure.address() as AddressInfo).port}/file`

test.each(['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE'])(
  'a certificate that %s names is trusted, with and without a proxy',
  async (name) => {
    vi.stubEnv(name, AUTHORITY)
    await expectFetched(local())
    vi.stubEnv('HTTPS_PROXY', proxy.url)
    await expectFetched(SECURE)
  },
)

test('a certificate that nobody named', async () => {
  const url = local()
  expect(await failure(url)).toEqual({
    text: `${url} could not be fetched: the certificate of ${new URL(url).host} is not trusted (UNABLE_TO_VERIFY_LEAF_SIGNATURE).
Behind a company proxy, name its certificate: SSL_CERT_FILE=/path/to/ca.pem. Else look at the clock of this machine. ${KEPT}`,
    code: 'network-certificate',
  })
})

test.each([
  ['is not there', null, "names FILE, which can't be read (ENOENT)"],
  ['holds none', 'hello', 'names FILE, which holds no certificate that can be read'],
  [
    'holds a broken one',
    '-----BEGIN CERTIFICATE-----\nhello\n-----END CERTIFICATE-----\n',
    'names FILE, which holds no certificate that can be read',
  ],
])('a file of certificates that %s', async (_what, text, message) => {
  const file = join(folder, 'ca.pem')
  if (text !== null) await writeFile(file, text)
  vi.stubEnv('SSL_CERT_FILE', file)
  expect(await failure(local())).toEqual({
    text: `SSL_CERT_FILE ${message.replace('FILE', file)}; expected a file of certificates (PEM).
Mend SSL_CERT_FILE, or unset it.`,
    code: 'network-certificate',
  })
})
