import { createHash } from 'node:crypto'
import { access, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { UserError } from '../../src/errors.ts'
import type { EventBody } from '../../src/events.ts'
import { fetchTrainer, verifyTrainerScript } from '../../src/stages/fetch-trainer/fetch-trainer.ts'
import { downloadFile } from '../../src/tools/network/download.ts'
import { TRAINER_SCRIPT } from '../../src/environment/pins.ts'
import { planTrainerScript } from '../../src/trainer/trainer-script.ts'
import type { StageContext } from '../../src/types.ts'

let folder: string
let server: Server | null = null
let answer: RequestListener
let requests: string[]
let url: string

const content = Buffer.from('print("a script")\n'.repeat(20_000))
const sha256 = createHash('sha256').update(content).digest('hex')
const { signal } = new AbortController()

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnk-fetch-'))
  requests = []
  server = createServer((request, response) => {
    requests.push(`${request.url} ${request.headers.range ?? ''}`.trim())
    answer(request, response)
  })
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(async () => {
  vi.unstubAllEnvs()
  server?.closeAllConnections()
  server?.close()
  await rm(folder, { recursive: true, force: true })
})

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error as UserError,
  )
const download = () => downloadFile({ url: `${url}/file`, to: join(folder, 'file'), sha256, signal })

/** Sends what is asked for, cut off after `limit` bytes. */
function serve(limit = Infinity, body = content): RequestListener {
  return (request, response) => {
    const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
    const rest = body.subarray(start)
    const range = `bytes ${start}-${body.length - 1}/${body.length}`
    const headers = { 'content-length': rest.length, ...(start > 0 && { 'content-range': range }) }
    response.writeHead(start > 0 ? 206 : 200, headers)
    if (limit >= rest.length) response.end(rest)
    else response.write(rest.subarray(0, limit), () => setTimeout(() => response.destroy(), 500))
  }
}

test('a download that is cut off goes on where it stopped', async () => {
  answer = (request, response) => serve(requests.length === 1 ? 100_000 : Infinity)(request, response)
  const found = download()
  let size = 0
  while (requests.length < 2) {
    await expect(access(join(folder, 'file'))).rejects.toThrow()
    size = (await stat(join(folder, 'file.part')).catch(() => null))?.size ?? 0
    await sleep(20)
  }
  expect(size).toBeGreaterThan(0)
  await found
  expect((await readFile(join(folder, 'file'))).equals(content)).toBe(true)
  expect(requests).toEqual(['/file', `/file bytes=${size}-`])
  expect(await readdir(folder)).toEqual(['file'])
})

test('the first half of another file is not kept', async () => {
  await writeFile(join(folder, 'file.part'), 'of another day')
  answer = serve()
  await download()
  expect(requests).toEqual(['/file bytes=14-', '/file'])
})

test('a server that knows no ranges', async () => {
  await writeFile(join(folder, 'file.part'), content.subarray(0, 1000))
  answer = (_, response) => response.end(content)
  await download()
  expect((await readFile(join(folder, 'file'))).equals(content)).toBe(true)
})

test('a download that lost only its renaming', async () => {
  await writeFile(join(folder, 'file.part'), content)
  answer = (_, response) => response.writeHead(416).end()
  await download()
  expect(await readdir(folder)).toEqual(['file'])
})

test.each([
  [
    'other bytes',
    serve(Infinity, Buffer.from('a login page')),
    { reason: 'integrity', code: 'download-hash' },
  ],
  [
    'no such file',
    ((_, response) => response.writeHead(404).end()) as RequestListener,
    { code: 'download-missing' },
  ],
  [
    'a server in trouble',
    ((_, response) => response.writeHead(503, { 'retry-after': '0' }).end()) as RequestListener,
    { code: 'download-refused' },
  ],
])('%s', async (_name, listener, expected) => {
  answer = listener
  expect(await failure(download())).toMatchObject(expected)
  expect(await readdir(folder)).toEqual([])
})

test('nobody there', async () => {
  server!.close()
  const error = await failure(download())
  expect([error!.message, error!.hint, error!.code]).toEqual([
    `${url}/file could not be fetched: ECONNREFUSED.`,
    'Look at the network connection; a proxy goes into HTTPS_PROXY. What arrived is kept; the next try goes on from there.',
    'network-missing',
  ])
})

test('told to stop', async () => {
  answer = serve(1000)
  const reason = new Error('told to stop')
  const abort = new AbortController()
  const onProgress = () => abort.abort(reason)
  const promise = downloadFile({ url, to: join(folder, 'file'), sha256, signal: abort.signal, onProgress })
  expect(await failure(promise)).toBe(reason)
})

function stageContext(script?: { file: string; sha256: string | null }) {
  const config = { train: script === undefined ? {} : { script: script.file } }
  const files = script === undefined ? {} : { [script.file]: { sha256: script.sha256 } }
  const facts = { workingDirectory: folder, files }
  const { file } = planTrainerScript({ config, facts } as unknown as Parameters<typeof planTrainerScript>[0])
  const events: EventBody[] = []
  const paths = { trainerScript: file.replace('{cache}', join(folder, 'cache')) }
  const context = { config, facts, paths, report: (event: EventBody) => events.push(event), signal }
  return { context: context as unknown as StageContext, events, file: paths.trainerScript }
}

test('the pinned script comes from the mirror that is named, by commit; a wrong one is not kept', async () => {
  vi.stubEnv('CNK_GITHUB_RAW', `${url}/mirror/`)
  answer = serve()
  const { context, file } = stageContext()
  expect(await failure(fetchTrainer.run(context))).toMatchObject({ reason: 'integrity' })
  expect(requests).toEqual([`/mirror/${TRAINER_SCRIPT.path}`])
  expect(file).toContain(`/cache/trainers/${TRAINER_SCRIPT.sha256}/`)
  await expect(access(file)).rejects.toThrow()
})

const upstream = process.env['CNK_UPSTREAM_SCRIPT']
const fetchUpstream = async () => {
  vi.stubEnv('CNK_GITHUB_RAW', url)
  answer = serve(Infinity, await readFile(upstream!))
  const { context, file, events } = stageContext()
  expect(await fetchTrainer.run(context)).toEqual({ line: 'diffusers v0.40.0, sha256 2f0742b5…' })
  expect((await stat(file)).mode & 0o222).toBe(0)
  expect(events.at(-1)).toMatchObject({ type: 'progress', done: TRAINER_SCRIPT.sizeBytes })
  await fetchTrainer.run(context)
  expect(requests).toHaveLength(1)
}
if (upstream) test('the pinned script itself', fetchUpstream)

test("a person's own script is copied under its hash, with a warning, and mended when it is changed there", async () => {
  const own = join(folder, 'mine.py')
  await writeFile(own, content)
  const { context, events, file } = stageContext({ file: own, sha256 })
  expect(await fetchTrainer.run(context)).toEqual({ line: `your own, ${own}, sha256 ${sha256.slice(0, 8)}…` })
  expect(events).toMatchObject([{ type: 'warning', code: 'trainer-unknown' }])
  await verifyTrainerScript(file, sha256)

  await rm(file)
  await writeFile(file, 'edited')
  expect(await failure(verifyTrainerScript(file, sha256))).toMatchObject({
    reason: 'integrity',
    code: 'script-changed',
  })
  await fetchTrainer.run(context)
  await verifyTrainerScript(file, sha256)
})

test("a person's own script that changed since the plan, or is gone", async () => {
  const own = join(folder, 'mine.py')
  await writeFile(own, 'changed')
  const { context, file } = stageContext({ file: own, sha256 })
  await mkdir(join(folder, 'cache'))
  expect(await failure(fetchTrainer.run(context))).toMatchObject({ reason: 'integrity' })
  await expect(access(file)).rejects.toThrow()
  await rm(own)
  expect(await failure(fetchTrainer.run(context))).toMatchObject({ code: 'script-missing' })
})
