/** Files without a published hash: the hash of the first download is required later. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fetchOnce, findFetched, type FetchOnceOptions } from '../../src/tools/network/fetch-once.ts'
import { startFileServer, type FileServer } from './file-server.ts'

const content = Buffer.from('first '.repeat(50_000))
const SHA256 = '760fc3b2f3b417dce589fb753719d1c59679448917385b81e4124ac44e752aa0'

let folder: string
let file: string
let record: string
let host: FileServer
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnk-fetch-once-'))
  file = join(folder, 'file')
  record = join(folder, 'record.json')
  host = await startFileServer({ '/file': content })
})
afterEach(async () => {
  host.close()
  await rm(folder, { recursive: true })
})

const fetch = (more: Partial<FetchOnceOptions> = {}) =>
  fetchOnce({
    ...{ url: `${host.url}/file`, to: file, record, expectedBytes: content.length },
    ...{ signal: new AbortController().signal, check: async () => undefined },
    ...{ onProgress: () => undefined, onHashing: () => undefined, ...more },
  })

const readFiles = async (): Promise<string[]> => (await readdir(folder)).sort()

test('the first time: fetched, checked, its hash written down with where it came from', async () => {
  const steps: string[] = []
  const found = await fetch({
    onProgress: (done, total) => void (done === total && steps.push(`fetched ${total}`)),
    onHashing: (done, total) => void (done === total && steps.push(`hashed ${total}`)),
    check: async (path) => steps.push(`checked ${path === file}`),
  })
  expect(steps).toEqual(['fetched 300000', 'checked true', 'hashed 300000'])
  expect(found).toMatchObject({ v: 1, url: `${host.url}/file`, sizeBytes: 300_000, sha256: SHA256 })
  expect(JSON.parse(await readFile(record, 'utf8'))).toEqual(found)
  expect(await findFetched(file, record)).toEqual(found)
  expect(await readFiles()).toEqual(['file', 'record.json'])
})

test('one that was put there by hand is taken, once it is checked', async () => {
  await writeFile(file, content)
  expect(await fetch()).toMatchObject({ sha256: SHA256 })
  expect(host.requests).toEqual([])
})

test('what is not what it should be is not kept, nor its hash: the next try is not held to it', async () => {
  const check = async (): Promise<void> => {
    throw new Error('a page of a proxy')
  }
  await expect(fetch({ check })).rejects.toThrow('a page of a proxy')
  expect(await readFiles()).toEqual([])
})

test('stopped while the hash is taken: the file stays, and is not fetched again', async () => {
  const stop = new AbortController()
  const onHashing = (): void => stop.abort()
  await expect(fetch({ signal: stop.signal, onHashing })).rejects.toThrow()
  expect(await readFiles()).toEqual(['file'])
  expect(await fetch()).toMatchObject({ sha256: SHA256 })
  expect(host.requests).toEqual(['GET /file'])
})

test('a file that the disk has no room for is not begun', async () => {
  await expect(fetch({ expectedBytes: 1e18 })).rejects.toMatchObject({ code: 'disk-full' })
  expect(host.requests).toEqual([])
})

describe('the second time', () => {
  beforeEach(async () => {
    await fetch()
    host.requests.length = 0
  })

  test('what is there and as it was is not fetched', async () => {
    expect(await fetch()).toMatchObject({ sha256: SHA256 })
    expect(host.requests).toEqual([])
  })

  test.each([
    ['gone', () => rm(file)],
    ['cut short', () => writeFile(file, content.subarray(0, 1000))],
    ['changed', () => writeFile(file, Buffer.alloc(content.length))],
  ])('one that is %s is fetched again', async (_what, spoil) => {
    await spoil()
    const found = await fetch()
    expect(found.sha256).toBe(SHA256)
    expect((await readFile(file)).equals(content)).toBe(true)
    expect(host.requests).toEqual(['GET /file'])
  })

  test('one that was cut off goes on where it stopped', async () => {
    await rm(file)
    host.cutAfter = 100_000
    await fetch()
    expect((await readFile(file)).equals(content)).toBe(true)
    expect(host.requests[1]).toMatch(/^GET \/file bytes=[1-9]\d*-$/)
  })

  test('other bytes: an error that says since when, and nothing of them is kept', async () => {
    const before = await readFile(record, 'utf8')
    await rm(file)
    host.files.set('/file', Buffer.from('other'))
    const today = new Date().toISOString().slice(0, 10)
    await expect(fetch()).rejects.toMatchObject({
      message: `${host.url}/file is not what it was on ${today}: expected sha256 ${SHA256}. Nothing of it was kept.`,
      hint: `If its makers say that it changed, remove ${record} and fetch again`,
      code: 'download-changed',
      reason: 'integrity',
    })
    expect(await readFiles()).toEqual(['record.json'])
    expect(await readFile(record, 'utf8')).toBe(before)
  })
})
