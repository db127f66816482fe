/** The program that fetches models gets the kit's settings of the network, and says what is wrong with it. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { UserError } from '../../src/errors.ts'
import { runFetch } from '../../src/stages/run-fetch.ts'
import { hubEnvironment } from '../../src/tools/hub/hub-environment.ts'
import { packageRoot } from '../../src/tools/package-root.ts'
import { startProxy, type ProxyServer } from '../stages/proxy-server.ts'
import { startFakeHub, type FakeHub } from './fake-hub.ts'
import { venvPython } from './venv.ts'

vi.setConfig({ testTimeout: 60_000 })

const TLS = join(packageRoot, 'test/fixtures/tls')
const OTHER_NAMES = [
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'REQUESTS_CA_BUNDLE',
  'CURL_CA_BUNDLE',
  'HF_HUB_OFFLINE',
]
const PROXIES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY']

let folder: string
let hub: FakeHub
let proxy: ProxyServer
let secure: Server
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnk-model-network-'))
  hub = await startFakeHub({ 'weights.pt': 'weights' })
  proxy = await startProxy()
  const [key, cert] = await Promise.all(
    ['server-key.pem', 'server.pem'].map((name) => readFile(join(TLS, name))),
  )
  secure = createServer({ key, cert }, (_, response) => response.writeHead(404).end())
  await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve))
  for (const name of [...OTHER_NAMES, ...PROXIES, ...PROXIES.map((name) => name.toLowerCase())])
    vi.stubEnv(name, undefined)
  vi.stubEnv('HF_ENDPOINT', hub.url)
  vi.stubEnv('HF_HOME', join(folder, 'hf'))
  vi.stubEnv('HF_TOKEN', 'hf_test')
})
afterEach(async () => {
  vi.unstubAllEnvs()
  hub.close()
  proxy.close()
  secure.closeAllConnections()
  secure.close()
  await rm(folder, { recursive: true })
})

const secureUrl = () => `https://127.0.0.1:${(secure.address() as AddressInfo).port}`
const program = (name: string) => join(packageRoot, 'python', name)

const fetchModel = () =>
  runFetch(
    {
      file: venvPython(),
      args: [
        ...[program('launch.py'), program('fetch_model.py'), '--repo', 'owner/name', '--revision', 'main'],
        ...['--output', join(folder, 'out'), '--file', 'weights.pt'],
      ],
      env: {},
      cwd: folder,
    },
    {
      stage: 'fetch-base-model',
      what: 'the base model',
      asksHub: true,
      signal: new AbortController().signal,
      report: () => {},
    },
  )

const failure = () =>
  fetchModel().then(
    () => null,
    ({ message, hint, code }: UserError) => ({ message, hint, code }),
  )

const PROXY_HINT =
  'Look at HTTPS_PROXY (http://NAME:PASSWORD@HOST:PORT where it asks for a login). Hosts that need no proxy go into NO_PROXY'

test('through a proxy that asks for a login', async () => {
  proxy.login = 'me:secret'
  vi.stubEnv('http_proxy', proxy.url)
  const because = (why: string) => ({
    message: `owner/name could not be fetched through the proxy ${proxy.host}: ${why}.`,
    hint: PROXY_HINT,
    code: 'network-proxy',
  })
  expect(await failure()).toEqual(because('407 Proxy Authentication Required'))
  vi.stubEnv('https_proxy', proxy.url.replace('//', '//me:wrong@'))
  vi.stubEnv('HF_ENDPOINT', 'https://hub.test')
  expect(await failure()).toEqual(because('407 Refused'))

  vi.stubEnv('HF_ENDPOINT', hub.url)
  vi.stubEnv('http_proxy', proxy.url.replace('//', '//me:secret@'))
  expect(await fetchModel()).toMatchObject({ files: { 'weights.pt': 7 } })
  expect(proxy.requests.some((request) => request.startsWith(`GET ${hub.url}/owner/name/resolve/`))).toBe(
    true,
  )
})

test('a certificate that is not trusted, and then is, under the name that pip and the kit take too', async () => {
  vi.stubEnv('HF_ENDPOINT', secureUrl())
  expect(await failure()).toEqual({
    message: "owner/name could not be fetched: the Hub's certificate is not trusted.",
    hint: 'Behind a company proxy, name its certificate: SSL_CERT_FILE=/path/to/ca.pem. Else look at the clock of this machine',
    code: 'network-certificate',
  })
  vi.stubEnv('REQUESTS_CA_BUNDLE', join(TLS, 'ca.pem'))
  expect(await failure()).toMatchObject({ code: 'hub-failed' })
})

test.each(['HF_HUB_OFFLINE', 'TRANSFORMERS_OFFLINE', 'HF_DATASETS_OFFLINE'])(
  '%s: nobody is asked',
  async (name) => {
    vi.stubEnv(name, '1')
    expect(await failure()).toMatchObject({ code: 'network-missing' })
    expect(hub.requests).toEqual([])
  },
)

test('its settings: the cache under its older name, the token, and no certificates that are not there', () => {
  vi.stubEnv('HF_HUB_CACHE', undefined)
  vi.stubEnv('HUGGINGFACE_HUB_CACHE', '/data/hub')
  vi.stubEnv('SSL_CERT_FILE', join(folder, 'nothing.pem'))
  expect(hubEnvironment()).toEqual({
    HF_ENDPOINT: hub.url,
    HF_TOKEN: 'hf_test',
    HF_HUB_CACHE: '/data/hub',
  })
})
