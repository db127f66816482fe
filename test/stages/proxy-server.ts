/** A proxy like those of companies: forwards http, opens tunnels for https, may require a login or refuse. */
import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'

export interface ProxyServer {
  readonly url: string
  readonly host: string
  /** `CONNECT host:443`, `GET http://host/path` */
  readonly requests: string[]
  /** `name:password`, when it asks for a login. */
  login: string | null
  /** What every request is answered with; null: what the host says. */
  refuse: number | null
  /** Where tunnels lead, whatever host was asked for; null: to that host. */
  tunnelTo: number | null
  close(): void
}

export async function startProxy(): Promise<ProxyServer> {
  const server = createServer((request, response) => forward(proxy, request, response))
  const sockets = new Set<Duplex>()
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    sockets.add(socket)
    tunnel(proxy, request, socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const proxy: ProxyServer = {
    url: `http://${host}`,
    host,
    requests: [],
    login: null,
    refuse: null,
    tunnelTo: null,
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.closeAllConnections()
      server.close()
    },
  }
  return proxy
}

/** Null: let through. */
function findRefusal(proxy: ProxyServer, { method, url, headers }: IncomingMessage): number | null {
  proxy.requests.push(`${method} ${url}`)
  const wanted = proxy.login === null ? undefined : `Basic ${btoa(proxy.login)}`
  if (wanted !== undefined && headers['proxy-authorization'] !== wanted) return 407
  return proxy.refuse
}

function forward(proxy: ProxyServer, request: IncomingMessage, response: ServerResponse): void {
  const status = findRefusal(proxy, request)
  if (status !== null) return void response.writeHead(status, { 'proxy-authenticate': 'Basic' }).end()
  const { 'proxy-authorization': _, ...headers } = request.headers
  const onward = ask(request.url!, { method: request.method!, headers }, (answer) => {
    response.writeHead(answer.statusCode!, answer.headers)
    answer.pipe(response)
  })
  onward.on('error', () => response.writeHead(502).end())
  request.pipe(onward)
}

function tunnel(proxy: ProxyServer, request: IncomingMessage, socket: Socket): void {
  socket.on('error', () => socket.destroy())
  const status = findRefusal(proxy, request)
  if (status !== null) {
    const extra = status === 407 ? 'Proxy-Authenticate: Basic\r\n' : ''
    return void socket.end(`HTTP/1.1 ${status} Refused\r\n${extra}\r\n`)
  }
  const [host, port] = request.url!.split(':')
  const onward = connect(
    proxy.tunnelTo ?? Number(port),
    proxy.tunnelTo === null ? host! : '127.0.0.1',
    () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      onward.pipe(socket).pipe(onward)
    },
  )
  onward.on('error', () => socket.destroy())
}
