/** A model's file from a Hub that keeps it elsewhere: who is shown the token. The Hub's own client is asked the same. */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { UserError } from '../../src/errors.ts'
import { downloadFile } from '../../src/tools/network/download.ts'
import { planHubDownload } from '../../src/tools/hub/hub-download.ts'
import { venvPython } from './venv.ts'

const content = Buffer.from('weights '.repeat(1000))
const FILE = { repo: 'owner/name', revision: 'main', file: 'weights.pt' }
const PATH = '/owner/name/resolve/main/weights.pt'
const TOKEN = 'hf_secret-of-the-test'

let folder: string
let servers: Server[]
let hub: string
let storage: string
/** `hub GET /path token`, HEAD left out: the kit asks none. */
let asked: string[]
let answer: (response: ServerResponse) => void
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnk-hub-download-'))
  asked = []
  servers = []
  hub = await listen('127.0.0.1', (request, response) => serveHub(request, response))
  storage = await listen('localhost', (_, response) => sendFile(response))
  answer = (response) => redirect(response, `${storage}/blob?signature=secret`)
  vi.stubEnv('HF_ENDPOINT', hub)
  vi.stubEnv('HF_HOME', join(folder, 'hf'))
  vi.stubEnv('HF_TOKEN', TOKEN)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
  await rm(folder, { recursive: true })
})

async function listen(host: string, serve: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer((request, response) => {
    const name = host === '127.0.0.1' ? 'hub' : 'storage'
    const token = request.headers.authorization?.replace('Bearer ', '') ?? 'no token'
    if (request.method === 'GET') asked.push(`${name} ${request.url!.split('?')[0]} ${token}`)
    serve(request, response)
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  return `http://${host}:${(server.address() as AddressInfo).port}`
}

const META = {
  etag: '"1"',
  'x-repo-commit': '0'.repeat(40),
  'x-linked-etag': '"1"',
  'x-linked-size': content.length,
}

function serveHub(request: IncomingMessage, response: ServerResponse): void {
  if (request.url === PATH) answer(response)
  else sendFile(response)
}

const redirect = (response: ServerResponse, location: string) =>
  void response.writeHead(302, { ...META, location }).end()
const sendFile = (response: ServerResponse) =>
  void response.writeHead(200, { ...META, 'content-length': content.length }).end(content)

async function fetchOurs(): Promise<string[]> {
  asked = []
  const to = join(folder, 'ours')
  const signal = new AbortController().signal
  await rm(to, { force: true })
  await downloadFile({ ...(await planHubDownload(FILE)), to, signal })
  expect((await readFile(to)).equals(content)).toBe(true)
  return asked
}

/** It looks with HEAD first, and then asks where that led; other questions of its own are left out. */
async function fetchTheirs(): Promise<string[]> {
  asked = []
  const args = [FILE.repo, FILE.revision, FILE.file, join(folder, 'theirs')]
  await promisify(execFile)(venvPython(), [join(import.meta.dirname, 'python/hub_download.py'), ...args])
  return asked.filter((one) => !one.includes(' /api/'))
}

test('the token is shown to the Hub and not to its storage', { timeout: 60_000 }, async () => {
  expect(await fetchOurs()).toEqual([`hub ${PATH} ${TOKEN}`, 'storage /blob no token'])
  expect(await fetchTheirs()).toEqual(['storage /blob no token'])
})

test('a repository that has moved: it is shown to the same Hub again', { timeout: 60_000 }, async () => {
  answer = (response) => redirect(response, '/other/name/weights.pt')
  expect(await fetchOurs()).toEqual([`hub ${PATH} ${TOKEN}`, `hub /other/name/weights.pt ${TOKEN}`])
  expect(await fetchTheirs()).toEqual([`hub /other/name/weights.pt ${TOKEN}`])
})

test('none where none is to be sent', async () => {
  vi.stubEnv('HF_HUB_DISABLE_IMPLICIT_TOKEN', '1')
  expect(await fetchOurs()).toEqual([`hub ${PATH} no token`, 'storage /blob no token'])
})

test('a mirror with a login in its address: no message has it', async () => {
  vi.stubEnv('HF_TOKEN', '')
  vi.stubEnv('HF_ENDPOINT', hub.replace('//', '//me:secret@'))
  expect((await fetchOurs())[0]).toBe(`hub ${PATH} Basic ${btoa('me:secret')}`)
})

test('what the Hub says no with', async () => {
  answer = (response) => void response.writeHead(403, { 'x-error-code': 'GatedRepo' }).end()
  const error = (await fetchOurs().catch((error: unknown) => error)) as UserError
  expect([error.message, error.hint]).toEqual([
    'owner/name is gated: its owner asks you to accept conditions first.',
    `Accept them on ${hub}/owner/name. The token that was sent may not read it: look at its rights, or use another one (HF_TOKEN, hf auth login).`,
  ])
})
