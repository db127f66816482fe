/** A file server with byte ranges, `if-range` and breaking connections. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface FileServer {
  readonly url: string
  /** `GET /path`, with the range asked for. */
  readonly requests: string[]
  readonly files: Map<string, Buffer>
  /** What each answer says about the version of the file. */
  validators: Record<string, string>
  /** Bytes after which the next answer breaks off; then it is null again. */
  cutAfter: number | null
  /** Every answer breaks off there. */
  cutAlways: boolean
  /** Authorization of each request. */
  readonly logins: (string | undefined)[]
  /** Answer to every request; null to serve files. */
  answerAll: { readonly status: number; readonly headers: Record<string, string> } | null
  close(): void
}

export async function startFileServer(files: Record<string, Buffer>): Promise<FileServer> {
  const server = createServer((request, response) => answer(host, request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host: FileServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    files: new Map(Object.entries(files)),
    validators: { etag: '"first"' },
    cutAfter: null,
    cutAlways: false,
    logins: [],
    answerAll: null,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
  return host
}

function answer(host: FileServer, { method, url = '', headers }: IncomingMessage, response: ServerResponse) {
  host.requests.push([method, url, headers.range].filter(Boolean).join(' '))
  host.logins.push(headers.authorization)
  if (host.answerAll !== null)
    return response.writeHead(host.answerAll.status, host.answerAll.headers).end('?')
  const body = host.files.get(url)
  if (body === undefined) return response.writeHead(404).end()
  const wanted = headers['if-range']
  const same = wanted === undefined || Object.values(host.validators).includes(wanted as string)
  const start = same ? Number(/bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0) : 0
  if (start >= body.length && start > 0)
    return response.writeHead(416, { 'content-range': `bytes */${body.length}` }).end()
  const rest = body.subarray(start)
  const range = start > 0 ? { 'content-range': `bytes ${start}-${body.length - 1}/${body.length}` } : {}
  response.writeHead(start > 0 ? 206 : 200, { ...host.validators, ...range, 'content-length': rest.length })
  const cut = host.cutAfter
  if (!host.cutAlways) host.cutAfter = null
  if (cut === null || cut >= rest.length) return response.end(rest)
  return response.write(rest.subarray(0, cut), () =>
    setTimeout(() => response.destroy(), host.cutAlways ? 0 : 500),
  )
}
