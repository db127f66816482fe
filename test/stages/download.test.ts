/** Downloads without a known hash: one that was cut off goes on only while the server's copy is the same. */
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { UserError } from '../../src/errors.ts'
import { downloadFile } from '../../src/tools/files/download.ts'
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
  host.close()
  await rm(folder, { recursive: true })
})

const download = () =>
  downloadFile({
    url: `${host.url}/file`,
    to: join(folder, 'file'),
    signal: new AbortController().signal,
  })

/** Gives how much was kept: what was on its way when the connection broke may be lost. */
async function cutOff(): Promise<number> {
  host.cutAfter = CUT
  const error = await download().then(
    () => null,
    (error: unknown) => error as UserError,
  )
  expect(error?.code).toBe('network-missing')
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
