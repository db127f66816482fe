import { execFileSync } from 'node:child_process'
import { readdirSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ZipDirectory } from '../../src/formats/zip/directory.ts'
import { UserError } from '../../src/errors.ts'
import { PictureError } from '../../src/tools/images/picture-error.ts'
import { createReadBuffer } from '../../src/tools/files/read-buffer.ts'
import { readZipDirectory } from '../../src/tools/zip/zip-directory.ts'
import { closeZip, readZipEntry } from '../../src/tools/zip/zip-entry.ts'
import { makeZip, type MadeEntry } from '../unit/formats/zip/make-zip.ts'
import { makeManyFrames, writeParts, writeSparseZip } from './zip-files.ts'

let root: string
let file: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cnk-zip-'))
})
beforeEach(async () => {
  file = join(await mkdtemp(join(root, 'case-')), 'set.zip')
})
afterAll(() => rm(root, { recursive: true }))

async function open(path = file): Promise<ZipDirectory> {
  return (await readZipDirectory(path)).directory
}

async function read(directory: ZipDirectory, name: string, archive = file): Promise<string> {
  const bytes = await readZipEntry({ kind: 'zip', archive, ...directory.find(name)! })
  return bytes.toString()
}

/** The content of each entry; of a damaged one, why it can't be read. */
async function readAll(archive = file): Promise<Record<string, string>> {
  const directory = await open(archive)
  const contents: Record<string, string> = {}
  for (const name of directory.names) {
    contents[name] = await read(directory, name, archive).catch((error: unknown) => {
      if (error instanceof PictureError) return `${error.code}: ${error.message}`
      throw error
    })
  }
  await closeZip(archive)
  return contents
}

const pair: MadeEntry[] = [
  { name: 'a.txt', data: 'first '.repeat(500) },
  { name: 'below/b.txt', data: 'second', stored: true },
  { name: 'empty.txt' },
  { name: 'empty-too.txt', stored: true },
]
const contents = {
  'a.txt': 'first '.repeat(500),
  'below/b.txt': 'second',
  'empty.txt': '',
  'empty-too.txt': '',
}

describe('entries are read in place', () => {
  test('stored, deflated, empty, with sizes behind the data', async () => {
    writeFileSync(file, makeZip(pair.map((entry) => ({ ...entry, descriptor: true }))))
    expect(await readAll()).toEqual(contents)
  })

  test('behind a program that unpacks them', async () => {
    writeFileSync(file, makeZip(pair, { prefix: Buffer.alloc(70_000, 'MZ') }))
    expect(await readAll()).toEqual(contents)
  })

  test('beyond 4 GiB of an archive', async () => {
    writeSparseZip(file, pair, 9 * 2 ** 30)
    expect(statSync(file).size).toBeGreaterThan(9 * 2 ** 30)
    expect((await open()).find('a.txt')!.offset).toBe(9 * 2 ** 30)
    expect(await readAll()).toEqual(contents)
  })

  test('of parts that nobody joined, whatever lies on the seam', async () => {
    const whole = makeZip(pair)
    for (const count of [2, 3, 5]) {
      expect(await readAll(writeParts(`${file}-${count}`, whole, count))).toEqual(contents)
    }
  })

  test('a local header with a long extra field', async () => {
    const whole = makeZip([{ name: 'a.txt', data: 'text', stored: true }], { prefix: Buffer.alloc(500) })
    // The header's own field, filled from what stands before: the directory says nothing of its length.
    const header = Buffer.from(whole.subarray(500, 535))
    header.writeUInt16LE(400, 28)
    const longer = Buffer.concat([whole.subarray(0, 100), header, Buffer.alloc(400), Buffer.from('text')])
    writeFileSync(file, longer)
    const span = {
      offset: 100,
      compressedBytes: 4,
      sizeBytes: 4,
      method: 'stored',
      crc32: 0x3b8ba7c7,
    } as const
    expect((await readZipEntry({ kind: 'zip', archive: file, ...span })).toString()).toBe('text')
  })

  test('what is stored comes in the memory that is given, which grows with it up to a limit', async () => {
    const sizes = [10, 2_000_000, 17_000_000]
    const entries = sizes.map((size, at) => ({
      name: `${at}`,
      data: Buffer.alloc(size, 65 + at),
      stored: true,
    }))
    writeFileSync(file, makeZip(entries))
    const directory = await open()
    const buffer = createReadBuffer()
    for (const [at, { name, data }] of entries.entries()) {
      const bytes = await readZipEntry({ kind: 'zip', archive: file, ...directory.find(name)! }, buffer)
      expect(bytes.equals(data)).toBe(true)
      expect(bytes.buffer === buffer.bytes.buffer).toBe(at < 2)
    }
    expect(buffer.bytes.length).toBe(2 ** 21)
  })

  test('as Python packs them: large, zip64 forced, names in any script, a comment', async () => {
    const script = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as z:
    z.comment = b"by Python"
    z.writestr("面孔/ä.txt", "letters")
    with z.open("large.txt", "w", force_zip64=True) as out:
        out.write(bytes(range(256)) * 4000)
`
    execFileSync('python3', ['-c', script, file])
    const all = await readAll()
    expect(Object.keys(all)).toEqual(['面孔/ä.txt', 'large.txt'])
    expect(all['面孔/ä.txt']).toBe('letters')
    expect(all['large.txt']).toBe(
      Buffer.from(Array.from({ length: 1_024_000 }, (_, i) => i % 256)).toString(),
    )
  })
})

describe('one damaged entry is one lost picture', () => {
  const table: [string, Partial<MadeEntry>, string][] = [
    ['another checksum', { lie: { crc32: 1 } }, 'its checksum (CRC-32) is wrong'],
    [
      'more than it says',
      { lie: { sizeBytes: 100 } },
      'it unpacks to more than the 100 bytes that the archive says',
    ],
    ['less than it says', { lie: { sizeBytes: 3001 } }, 'it has 3000 bytes, the archive says 3001'],
    ['data cut off', { lie: { compressedBytes: 5 } }, 'its compressed data is broken'],
  ]
  for (const [what, lie, message] of table) {
    test(what, async () => {
      const good = { name: 'good.txt', data: 'well', stored: true }
      writeFileSync(file, makeZip([{ ...pair[0]!, ...lie, name: 'bad.txt' }, good]))
      expect(await readAll()).toEqual({
        'bad.txt': `unreadable: damaged in the archive: ${message}`,
        'good.txt': 'well',
      })
    })
  }

  test('no local header where there should be one', async () => {
    const bytes = makeZip(pair)
    bytes[0] = 0
    writeFileSync(file, bytes)
    const why =
      'unreadable: damaged in the archive: it is not where the archive says; was the archive changed in the meantime?'
    expect(await readAll()).toEqual({ ...contents, 'a.txt': why })
  })

  test('a bomb that says that it is small is not unpacked', async () => {
    const bomb = { name: 'bomb.png', data: Buffer.alloc(64 * 2 ** 20), lie: { sizeBytes: 1000 } }
    writeFileSync(file, makeZip([bomb]))
    const before = process.memoryUsage().rss
    const all = await readAll()
    expect(all['bomb.png']).toContain('more than the 1000 bytes')
    expect(process.memoryUsage().rss - before).toBeLessThan(30 * 2 ** 20)
  })

  test('an archive that is cut short or gone while it is in use', async () => {
    writeFileSync(file, makeZip([{ name: 'a.txt', data: 'x'.repeat(1000), stored: true }]))
    const directory = await open()
    writeFileSync(file, makeZip([{ name: 'a.txt', data: 'x'.repeat(1000), stored: true }]).subarray(0, 500))
    await expect(read(directory, 'a.txt')).rejects.toThrow('the archive ends in the middle of it')
    await closeZip(file)
    rmSync(file)
    await expect(read(directory, 'a.txt')).rejects.toMatchObject({ code: 'missing' })
  })
})

test('whatever happened to an archive, it is read or refused', async () => {
  const whole = makeZip(pair, { comment: 'x' })
  const change = fc.record({ at: fc.nat(whole.length - 1), value: fc.integer({ min: 0, max: 255 }) })
  let unharmed = 0
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 4 }), fc.nat(3), async (changes, cut) => {
      const bytes = Buffer.from(whole.subarray(0, whole.length - (cut === 3 ? 40 : 0)))
      for (const { at, value } of changes) bytes[at % bytes.length] = value
      writeFileSync(file, bytes)
      try {
        for (const [name, text] of Object.entries(await readAll())) {
          const isKnown = text.startsWith('unreadable: ') || Object.values<string>(contents).includes(text)
          expect([name, isKnown]).toEqual([name, true])
        }
        unharmed++
      } catch (error) {
        if (!(error instanceof UserError)) throw error
        expect([error.code?.slice(0, 4), error.reason]).toEqual(['zip-', 'preflight'])
      }
    }),
    { numRuns: 300 },
  )
  expect(unharmed).toBeGreaterThan(50)
})

test('descriptors are kept for a few archives, and let go', async () => {
  const openNow = (): number => listDescriptors().filter((path) => path.startsWith(file)).length
  for (let index = 0; index < 12; index++) {
    const archive = `${file}-${index}`
    writeFileSync(archive, makeZip(pair))
    const directory = await open(archive)
    await Promise.all(directory.names.map((name) => read(directory, name, archive)))
  }
  expect(openNow()).toBe(4)
  for (let index = 0; index < 12; index++) await closeZip(`${file}-${index}`)
  expect(openNow()).toBe(0)
})

/** Paths of the files that this process has open. */
function listDescriptors(): string[] {
  return readdirSync('/proc/self/fd').flatMap((name) => {
    try {
      return [readlinkSync(`/proc/self/fd/${name}`)]
    } catch {
      return []
    }
  })
}

test('300,000 entries', async () => {
  writeFileSync(file, makeManyFrames(100_000))
  const start = process.cpuUsage()
  const directory = await open()
  const { user, system } = process.cpuUsage(start)
  expect(directory.names).toHaveLength(300_000)
  expect(await read(directory, '099999_ldmks.txt')).toBe('x')
  // 15 times what it takes: only for what grows faster than the number of entries.
  expect((user + system) / 1e6).toBeLessThan(10)
})
