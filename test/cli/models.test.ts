import { readdir, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { run, start, temporaryFolder } from './cli.ts'

let folder: string
let home: Record<string, string>
beforeEach(async () => {
  folder = await temporaryFolder()
  home = { CNK_HOME: join(folder, 'home') }
})
afterEach(() => rm(folder, { recursive: true }))

it('lists what there is, its size and its licence', async () => {
  const { code, stdout } = await run(['models', 'list'], folder, home)
  expect(code).toBe(0)
  const lines = stdout.split('\n')
  const begin = lines.findIndex((line) => line.startsWith('spiga '))
  expect(begin).toBeGreaterThanOrEqual(0)
  expect(lines[begin + 1]).toMatch(/licence: .*BSD-3-Clause.*non-commercial/)
  expect(lines[begin + 2]).toContain('not fetched; 254 MB to fetch')
})

it('lists it as JSON', async () => {
  const { code, stdout } = await run(['models', 'list', '--json'], folder, home)
  expect(code).toBe(0)
  const { v, models } = JSON.parse(stdout) as { v: number; models: Record<string, unknown>[] }
  expect(v).toBe(1)
  expect(models.find(({ name }) => name === 'spiga')).toMatchObject({
    download_bytes: 254_281_787,
    cached: false,
    folder: null,
    sha256: null,
    terms: expect.stringContaining('300W'),
  })
})

it('terms, and nobody to ask: exit 2, and nothing is fetched', async () => {
  const { code, stdout, stderr } = await run(['models', 'fetch', 'spiga'], folder, home)
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toContain('The weights have no licence tag')
  expect(stderr).toContain('Its authors publish no hash')
  expect(stderr).toContain('controlnet-kit models fetch spiga --yes')
  expect(await readdir(folder)).toEqual([])
})

it.each([
  [['models', 'fetch', 'spigot'], 'There is no model called spigot.'],
  [['models', 'fetch'], 'models fetch needs a name.'],
  [['models', 'burn'], "models takes list or fetch, got 'burn'."],
])('%j: exit 2', async (args, message) => {
  const { code, stderr } = await run(args, folder, home)
  expect([code, stderr.split('\n')[0]]).toEqual([2, `✖ ${message}`])
})

it('no Python: says so before it fetches anything', async () => {
  const env = { ...home, CNK_PYTHON: join(folder, 'nothing'), HF_ENDPOINT: 'http://127.0.0.1:9' }
  const { code, stdout } = await run(['models', 'fetch', 'spiga', '--yes', '--json'], folder, env)
  expect(code).toBe(5)
  expect(JSON.parse(stdout)).toMatchObject({ status: 'failed', exitReason: 'environment' })
  expect(stdout).toContain('Python 3.11')
})

it('a server that is not there: exit 5', async () => {
  const env = { ...home, HF_ENDPOINT: 'http://127.0.0.1:9/' }
  const { code, stderr } = await run(['models', 'fetch', 'spiga', '--yes', '--quiet'], folder, env)
  expect(code).toBe(5)
  expect(stderr).toContain(
    'http://127.0.0.1:9/aprados/spiga/resolve/main/spiga_300wpublic.pt could not be fetched',
  )
})

it('a page in the place of the weights: exit 5, and neither it nor its hash is kept', async () => {
  const server = createServer((_request, response) => response.end('<html>Please sign in</html>'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const env = { ...home, HF_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
  const { code, stderr } = await run(['models', 'fetch', 'spiga', '--yes', '--quiet'], folder, env)
  server.close()
  expect([code, stderr]).toEqual([
    5,
    '✖ spiga_300wpublic.pt was fetched, but it does not contain weights.\n' +
      '→ Nothing of it was kept. A proxy or mirror may have answered in its place\n',
  ])
  expect(await readdir(join(home['CNK_HOME']!, 'models/spiga'))).toEqual([])
})

it.each(['SIGINT', 'SIGTERM'] as const)(
  '%s in the middle: stops at once, exit 75, keeps what came',
  async (signal) => {
    const server = createServer((_request, response) => {
      response.writeHead(200, { etag: '"one"', 'content-length': 1_000_000 })
      response.write(Buffer.alloc(500_000), () => setTimeout(() => child.kill(signal), 500))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const env = { ...home, HF_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
    const { child, ended } = start(['models', 'fetch', 'spiga', '--yes'], folder, env)
    const { code, stderr } = await ended
    server.closeAllConnections()
    server.close()
    expect(code).toBe(75)
    expect(stderr).toContain('Stopping. What was fetched is kept; the same command goes on from there.')
    expect(await readdir(join(home['CNK_HOME']!, 'models/spiga'))).toContain('spiga_300wpublic.pt.part')
  },
)
