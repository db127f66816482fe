/** A Hub that holds one model: as much of its HTTP interface as the official Python client asks for. */
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export const COMMIT = '0123456789abcdef0123456789abcdef01234567'

export interface FakeHub {
  readonly url: string
  /** `GET /path`, with ` as TOKEN` when one was sent. */
  readonly requests: string[]
  readonly files: Map<string, Buffer>
  /** When set, answers everything with this status and the Hub's error code. */
  refuse: { readonly status: number; readonly code: string } | null
  /** Bytes after which the connection breaks, once. */
  cutAfter: number | null
  close(): void
}

export async function startFakeHub(files: Record<string, string | Buffer>): Promise<FakeHub> {
  const server = createServer((request, response) => answer(hub, request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const hub: FakeHub = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    files: new Map(Object.entries(files).map(([name, content]) => [name, Buffer.from(content)])),
    refuse: null,
    cutAfter: null,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
  return hub
}

function answer(hub: FakeHub, request: IncomingMessage, response: ServerResponse): void {
  const token = request.headers.authorization?.replace('Bearer ', '')
  hub.requests.push(`${request.method} ${request.url}${token === undefined ? '' : ` as ${token}`}`)
  const path = decodeURIComponent(request.url!.split('?')[0]!)
  const [, revision] = /^\/api\/models\/owner\/name\/(?:revision|tree)\/([^/]+)/.exec(path) ?? []
  const [, commit, file] = /^\/owner\/name\/resolve\/([^/]+)\/(.+)$/.exec(path) ?? []
  if (hub.refuse !== null) return refuse(response, hub.refuse)
  if (!path.includes('/owner/name/')) return refuse(response, { status: 404, code: 'RepoNotFound' })
  const wanted = revision ?? commit
  if (wanted !== 'main' && wanted !== COMMIT)
    return refuse(response, { status: 404, code: 'RevisionNotFound' })
  if (path.startsWith('/api/models/owner/name/tree/')) return sendJson(response, listTree(hub))
  if (revision !== undefined) return sendJson(response, describeModel(hub))
  const content = file === undefined ? undefined : hub.files.get(file)
  if (content === undefined) return refuse(response, { status: 404, code: 'EntryNotFound' })
  sendFile(hub, content, request, response)
}

function refuse(response: ServerResponse, { status, code }: { status: number; code: string }): void {
  response.writeHead(status, { 'x-error-code': code, 'x-repo-commit': COMMIT }).end('{"error": "refused"}')
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

const describeModel = ({ files }: FakeHub) => ({
  id: 'owner/name',
  sha: COMMIT,
  siblings: [...files].map(([rfilename, content]) => ({ rfilename, size: content.length })),
})

const listTree = ({ files }: FakeHub) =>
  [...files].map(([path, content]) => ({ type: 'file', path, size: content.length, oid: etag(content) }))

const etag = (content: Buffer) => createHash('sha1').update(content).digest('hex')

function sendFile(hub: FakeHub, content: Buffer, request: IncomingMessage, response: ServerResponse): void {
  const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
  const rest = content.subarray(start)
  const headers = { etag: `"${etag(content)}"`, 'x-repo-commit': COMMIT, 'content-length': rest.length }
  const range = start > 0 ? { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` } : {}
  response.writeHead(start > 0 ? 206 : 200, { ...headers, ...range, 'accept-ranges': 'bytes' })
  if (request.method === 'HEAD') return void response.end()
  if (hub.cutAfter === null || hub.cutAfter >= rest.length) return void response.end(rest)
  response.write(rest.subarray(0, hub.cutAfter), () => setTimeout(() => response.destroy(), 100))
}
