/** Downloads without a known hash: an interrupted one only continues while the server's copy is unchanged. */
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { downloadFile, type DownloadOptions } from '../../src/tools/network/download.ts'
import { startFileServer, type FileServer } from './file-server.ts'

const first = Buffer.from('first '.repeat(50_000))
const second = Buffer.from('other!'.repeat(60_000))
const CUT = 100_000

let folder: string
let host: FileServer
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnk-download-'))
  host = await startFileServer({ '/file': first })
})
afterEach(async () => {
  vi.unstubAllEnvs()
  host.close()
  await rm(folder, { recursive: true })
})

const download = (signal = new AbortController().signal, more: Partial<DownloadOptions> = {}) =>
  downloadFile({ url: `${host.url}/file`, to: join(folder, 'file'), signal, ...more })

/** Aborts a download in the middle. Returns how many bytes were kept. */
async function cutOff(): Promise<number> {
  host.cutAfter = CUT
  const abort = new AbortController()
  const onProgress = (): void => void setTimeout(() => abort.abort('SIGINT'), 200)
  await expect(download(abort.signal, { onProgress })).rejects.toBe('SIGINT')
  const kept = (await stat(join(folder, 'file.part'))).size
  expect(kept).toBeGreaterThan(0)
  return kept
}

const expectWhole = async (content: Buffer): Promise<void> => {
  expect((await readFile(join(folder, 'file'))).equals(content)).toBe(true)
  expect(await readdir(folder)).toEqual(['file'])
}

test.each([
  ['a tag', { etag: '"first"' }],
  ['a date', { 'last-modified': 'Wed, 01 May 2024 10:00:00 GMT' }],
  ['a weak tag and a date', { etag: 'W/"x"', 'last-modified': 'Wed, 01 May 2024 10:00:00 GMT' }],
])('the same version by %s: goes on', async (_what, validators) => {
  host.validators = validators
  const kept = await cutOff()
  await download()
  await expectWhole(first)
  expect(host.requests).toEqual(['GET /file', `GET /file bytes=${kept}-`])
})

test('another version: begins anew, and never mixes the two', async () => {
  await cutOff()
  host.files.set('/file', second)
  host.validators = { etag: '"second"' }
  await download()
  await expectWhole(second)
})

test('a server that tells no version: begins anew', async () => {
  host.validators = {}
  await cutOff()
  await download()
  await expectWhole(first)
  expect(host.requests).toEqual(['GET /file', 'GET /file'])
})

test('all was there but for the name', async () => {
  await writeFile(join(folder, 'file.part'), first)
  await writeFile(join(folder, 'file.part.version'), '"first"')
  await download()
  await expectWhole(first)
})

test('a part that is longer than the file: begins anew', async () => {
  await writeFile(join(folder, 'file.part'), Buffer.concat([first, first]))
  await writeFile(join(folder, 'file.part.version'), '"first"')
  await download()
  await expectWhole(first)
})

test.each([
  ['206 with another part than the one asked for', 206, { 'content-range': 'bytes 5-9/10' }],
  ['416 for a file that has not begun', 416, {}],
])('a server that answers %s: an error, not an endless round', async (_what, status, headers) => {
  host.answerAll = { status, headers }
  await expect(download()).rejects.toMatchObject({ code: 'download-refused' })
  await writeFile(join(folder, 'file.part'), first.subarray(0, 100))
  await writeFile(join(folder, 'file.part.version'), '"first"')
  await expect(download()).rejects.toMatchObject({ code: 'download-refused' })
  expect(host.requests).toEqual(['GET /file', 'GET /file bytes=100-', 'GET /file'])
})

test('a connection that breaks: goes on by itself, and says so', async () => {
  host.cutAfter = CUT
  const said: string[] = []
  await download(undefined, { onWait: (message) => said.push(message) })
  await expectWhole(first)
  expect(host.requests).toEqual(['GET /file', expect.stringMatching(/^GET \/file bytes=\d+-$/)])
  expect(said).toEqual([`${new URL(host.url).host}: UND_ERR_SOCKET; asking again in 1 s.`])
})

test('a server in trouble is asked as often as it makes sense, when it says', async () => {
  host.answerAll = { status: 503, headers: { 'retry-after': '0' } }
  const said: string[] = []
  await expect(download(undefined, { onWait: (message) => said.push(message) })).rejects.toMatchObject({
    message: `${host.url}/file could not be fetched: the server says 503.`,
    code: 'download-refused',
  })
  expect(host.requests).toHaveLength(6)
  expect(said[0]).toBe(`${new URL(host.url).host} answered 503; asking again in 0 s.`)
})

test('a server that breaks off at the same place each time: an error, not an endless round', async () => {
  host.validators = {}
  host.cutAlways = true
  host.cutAfter = 1000
  await expect(download()).rejects.toMatchObject({ code: 'network-missing' })
  // How much of each answer arrives before it breaks off differs; new bytes start the count again, once.
  expect(host.requests.length).toBeGreaterThanOrEqual(6)
  expect(host.requests.length).toBeLessThanOrEqual(15)
})

test('where nobody may be asked: says so, and where the file goes', async () => {
  vi.stubEnv('HF_HUB_OFFLINE', '1')
  await expect(download()).rejects.toMatchObject({
    message: `${host.url}/file is not fetched: HF_HUB_OFFLINE is set.`,
    hint: `Unset HF_HUB_OFFLINE, or fetch the file elsewhere and put it here: ${join(folder, 'file')}`,
    code: 'network-offline',
  })
  expect(host.requests).toEqual([])
})

test('a name and a password in the address: sent to its own host, and in no message', async () => {
  const elsewhere = await startFileServer({ '/file': first })
  host.answerAll = { status: 302, headers: { location: `${elsewhere.url}/file` } }
  const url = `${host.url}/file`.replace('//', '//me:secret@')
  await download(undefined, { url })
  expect([host.logins, elsewhere.logins]).toEqual([[`Basic ${btoa('me:secret')}`], [undefined]])
  elsewhere.close()
  host.answerAll = { status: 403, headers: {} }
  await expect(download(undefined, { url })).rejects.toMatchObject({
    message: `${host.url}/file could not be fetched: the server says 403.`,
  })
})
