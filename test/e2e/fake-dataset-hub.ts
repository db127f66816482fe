/** A Hub that holds one dataset, and the storage that it sends readers to: as much as the official Python client asks for. */
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export const REPO = 'owner/faces'

interface Trouble {
  readonly status?: number
  readonly code?: string
  readonly headers?: Record<string, string>
  /** Bytes of the answer after which the connection breaks. */
  readonly cutAfter?: number
}

export interface Asked {
  readonly server: 'hub' | 'storage'
  readonly path: string
  readonly range: string | null
  readonly token: string | null
}

export interface FakeDatasetHub {
  readonly url: string
  readonly requests: Asked[]
  /** Branch → path → content. A branch has a commit made from its files. */
  readonly branches: Map<string, Map<string, Buffer>>
  /** What becomes of the next requests that `when` picks, each once; the last one for ever if it says so. */
  trouble: { readonly when: (asked: Asked) => boolean; readonly what: Trouble; left: number }[]
  /** Entries of one page of the tree. */
  pageSize: number
  commit(branch: string): string
  close(): Promise<void>
}

export async function startDatasetHub(files: Record<string, Buffer>): Promise<FakeDatasetHub> {
  const storage = createServer((request, response) => serve('storage', hub, request, response))
  const server = createServer((request, response) => serve('hub', hub, request, response))
  const storageUrl = await listen(storage, 'localhost')
  const url = await listen(server, '127.0.0.1')
  const hub: FakeDatasetHub & { readonly storageUrl: string } = {
    url,
    storageUrl,
    requests: [],
    branches: new Map([['main', new Map(Object.entries(files))]]),
    trouble: [],
    pageSize: 2,
    commit: (branch) => hashFiles(hub.branches.get(branch)!),
    close: async () => {
      for (const each of [server, storage]) {
        each.closeAllConnections()
        await new Promise((resolve) => each.close(resolve))
      }
    },
  }
  return hub
}

type Hub = FakeDatasetHub & { readonly storageUrl: string }

async function listen(server: Server, host: string): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  return `http://${host}:${(server.address() as AddressInfo).port}`
}

function serve(
  server: Asked['server'],
  hub: FakeDatasetHub,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const url = new URL(request.url!, 'http://x')
  const asked: Asked = {
    server,
    path: decodeURIComponent(url.pathname),
    range: request.headers.range ?? null,
    token: request.headers.authorization?.replace('Bearer ', '') ?? null,
  }
  hub.requests.push(asked)
  const trouble = hub.trouble.find(({ when, left }) => left > 0 && when(asked))
  if (trouble !== undefined) trouble.left--
  const { status, code, headers = {}, cutAfter } = trouble?.what ?? {}
  if (status !== undefined) return refuse(response, status, code, headers)
  if (server === 'storage') return sendStored(hub as Hub, { url, request, response, cutAfter })
  answer(hub as Hub, { asked, url, request, response })
}

interface Exchange {
  readonly url: URL
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

function answer(hub: Hub, { asked, url, request, response }: Exchange & { readonly asked: Asked }): void {
  const api = `/api/datasets/${REPO}`
  const [, kind, rest = ''] =
    new RegExp(`^${api}(?:/(revision|tree|paths-info)/(.+))?$`).exec(asked.path) ?? []
  const [, commit, file] =
    new RegExp(`^/datasets/${REPO}/resolve/(refs/convert/parquet|[^/]+)/(.+)$`).exec(asked.path) ?? []
  if (!asked.path.includes(`/${REPO}`)) return refuse(response, 401, 'RepoNotFound')
  const branch = findBranch(hub, commit ?? (kind === undefined ? 'main' : rest))
  if (branch === null) return refuse(response, 404, 'RevisionNotFound')
  const files = hub.branches.get(branch)!
  if (kind === 'tree')
    return sendTree(hub, listFolder(files, rest, url.searchParams.get('recursive') === 'true'), {
      url,
      request,
      response,
    })
  if (kind === 'paths-info') return sendPathsInfo(files, request, response)
  if (file === undefined) return sendJson(response, describeDataset(hub, branch))
  const content = files.get(file)
  if (content === undefined) return refuse(response, 404, 'EntryNotFound')
  const headers = {
    'x-repo-commit': hub.commit(branch),
    'x-linked-size': content.length,
    'x-linked-etag': `"${sha256(content)}"`,
    location: `${hub.storageUrl}/blob/${sha256(content)}?Signature=secret-signature`,
  }
  response.writeHead(302, headers).end()
}

/** `text`: a branch or commit, with a folder behind it or not. */
function findBranch(hub: FakeDatasetHub, text: string): string | null {
  const names = (branch: string): string[] => [branch, hub.commit(branch)]
  const is = (name: string): boolean => text === name || text.startsWith(`${name}/`)
  return [...hub.branches.keys()].find((branch) => names(branch).some(is)) ?? null
}

/** `rest`: a revision, with a folder behind it or not. Files and folders. */
function listFolder(files: Map<string, Buffer>, rest: string, recursive: boolean): object[] {
  const folders = new Set([...files.keys()].map((path) => path.split('/').slice(0, -1).join('/')))
  folders.delete('')
  const within = [...folders].find((each) => rest.endsWith(`/${each}`)) ?? ''
  const isIn = (path: string): boolean => {
    const parent = path.split('/').slice(0, -1).join('/')
    return parent === within || (recursive && (within === '' || parent.startsWith(`${within}/`)))
  }
  return [
    ...[...folders]
      .filter(isIn)
      .map((path) => ({ type: 'directory', path, size: 0, oid: sha1(Buffer.from(path)) })),
    ...[...files].filter(([path]) => isIn(path)).map(([path, content]) => describeFile(path, content)),
  ]
}

function sendPathsInfo(files: Map<string, Buffer>, request: IncomingMessage, response: ServerResponse): void {
  let body = ''
  request.on('data', (data: Buffer) => (body += data.toString()))
  request.on('end', () => {
    const { paths } = JSON.parse(body) as { paths: string[] }
    const folders = new Set([...files.keys()].map((path) => path.split('/').slice(0, -1).join('/')))
    const found = paths.flatMap((path) => {
      const content = files.get(path)
      if (content !== undefined) return [describeFile(path, content)]
      return folders.has(path) ? [{ type: 'directory', path, oid: sha1(Buffer.from(path)) }] : []
    })
    sendJson(response, found)
  })
}

function describeFile(path: string, content: Buffer) {
  const lfs = { oid: sha256(content), size: content.length, pointerSize: 134 }
  return { type: 'file', path, size: content.length, oid: sha1(content), lfs }
}

function refuse(
  response: ServerResponse,
  status: number,
  code = '',
  headers: Record<string, string> = {},
): void {
  response
    .writeHead(status, { ...(code && { 'x-error-code': code }), ...headers })
    .end('{"error": "refused"}')
}

function sendJson(response: ServerResponse, value: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value))
}

function describeDataset(hub: FakeDatasetHub, branch: string) {
  const siblings = [...hub.branches.get(branch)!.keys()].map((rfilename) => ({ rfilename }))
  return {
    _id: '1',
    id: REPO,
    author: 'owner',
    sha: hub.commit(branch),
    private: false,
    gated: false,
    disabled: false,
    downloads: 0,
    likes: 0,
    tags: [],
    siblings,
  }
}

function sendTree(hub: FakeDatasetHub, all: readonly object[], { url, response }: Exchange): void {
  const from = Number(url.searchParams.get('cursor') ?? 0)
  const to = from + hub.pageSize
  url.searchParams.set('cursor', String(to))
  const link = `<${hub.url}${url.pathname}${url.search}>; rel="next"`
  sendJson(response, all.slice(from, to), to < all.length ? { link } : {})
}

function sendStored(
  hub: Hub,
  { url, request, response, cutAfter }: Exchange & { cutAfter: number | undefined },
): void {
  const contents = [...hub.branches.values()].flatMap((files) => [...files.values()])
  const content = contents.find((each) => url.pathname.endsWith(sha256(each)))
  if (content === undefined) return refuse(response, 404)
  const [, first, last] = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? '') ?? []
  const start = Number(first ?? 0)
  const end = Math.min(last ? Number(last) + 1 : content.length, content.length)
  const part = content.subarray(start, end)
  response.writeHead(first === undefined ? 200 : 206, {
    'content-length': part.length,
    'accept-ranges': 'bytes',
    etag: `"${sha256(content)}"`,
    ...(first !== undefined && { 'content-range': `bytes ${start}-${end - 1}/${content.length}` }),
  })
  if (request.method === 'HEAD') return void response.end()
  if (cutAfter === undefined || cutAfter >= part.length) return void response.end(part)
  response.write(part.subarray(0, cutAfter), () => setTimeout(() => response.destroy(), 50))
}

function hashFiles(files: Map<string, Buffer>): string {
  return sha1(Buffer.from(JSON.stringify([...files].map(([path, content]) => [path, sha1(content)]))))
}

const sha1 = (content: Buffer) => createHash('sha1').update(content).digest('hex')
const hashes = new WeakMap<Buffer, string>()
function sha256(content: Buffer): string {
  const known = hashes.get(content) ?? createHash('sha256').update(content).digest('hex')
  hashes.set(content, known)
  return known
}
