import { spawnSync } from 'node:child_process'
import { appendFile, mkdir, mkdtemp, open, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { DatasetRow } from '../../src/formats/parquet/parquet-rows.ts'
import { UserError } from '../../src/errors.ts'
import { openAtomicFile, writeFileAtomic } from '../../src/tools/files/atomic-write.ts'
import { fileError } from '../../src/file-error.ts'
import { forEachConcurrent, mapInOrder } from '../../src/tools/concurrent.ts'
import { openJournal } from '../../src/tools/files/journal.ts'
import { observeSource } from '../../src/sources/observe-source.ts'
import { writeShards } from '../../src/tools/parquet/write-shards.ts'
import { findPictureFiles } from '../../src/sources/folders-and-zips/picture-files.ts'
import { readNdjson } from '../../src/tools/files/ndjson-file.ts'

let root: string
let folder: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cnk-dataset-tools-'))
})
beforeEach(async () => {
  folder = await mkdtemp(join(root, 'case-'))
})
afterAll(() => rm(root, { recursive: true }))

async function save(...paths: string[]): Promise<void> {
  for (const path of paths) {
    await mkdir(join(folder, path, '..'), { recursive: true })
    await writeFile(join(folder, path), path)
  }
}

describe('findPictureFiles', () => {
  test('nested, ordered, without what is hidden or not wanted', async () => {
    await save(
      'b.JPG',
      'a/x.png',
      'a/x.txt',
      'a/y_seg.png',
      'a/.hidden/z.png',
      '.z.png',
      'notes.md',
      'a/raw.heic',
    )
    await save('dataset/data/preview.png')
    const found = await findPictureFiles(folder, {
      exclude: [join(folder, 'dataset'), join(folder, 'nowhere')],
      skip: (name) => name.endsWith('_seg.png'),
    })
    expect(found.pictures.map(({ path }) => path)).toEqual(['a/x.png', 'b.JPG'])
    expect(found.texts.map(({ path }) => path)).toEqual(['a/x.txt'])
    expect(found.folders).toBe(2)
    expect(found.others).toEqual({ '.txt': 1, '.md': 1, '.heic': 1 })
  })

  test('links are followed once: no loop, no picture twice', async () => {
    await save('real/a.png')
    await symlink(join(folder, 'real'), join(folder, 'alias'))
    await symlink(folder, join(folder, 'real/up'))
    await symlink(join(folder, 'gone'), join(folder, 'dangling.png'))
    await symlink(join(folder, 'real/a.png'), join(folder, 'linked.png'))
    const { pictures } = await findPictureFiles(folder)
    const whole = pictures.filter(({ problem }) => problem === undefined).map(({ path }) => path)
    expect(whole).toHaveLength(2)
    expect(whole).toContain('linked.png')
    // A picture that is not there is said to be missing.
    expect(pictures).toContainEqual(
      expect.objectContaining({ path: 'dangling.png', problem: 'it is a link to nothing' }),
    )
    expect(pictures).toHaveLength(3)
  })
})

describe('observeSource', () => {
  const observe = (given = '.') =>
    observeSource({ folder: given }, { workingDirectory: folder, exclude: ['dataset'] })

  test('the digest follows pictures and texts, and nothing else', async () => {
    await save('a.png', 'a.txt')
    const first = await observe()
    expect(first).toMatchObject({
      kind: 'folder',
      given: '.',
      exists: true,
      pictures: 1,
      folders: 1,
      bytes: 5,
    })
    await save('dataset/data/x.png', 'readme.md')
    expect((await observe()).digest).toBe(first.digest)
    await appendFile(join(folder, 'a.txt'), 'more')
    const second = await observe()
    expect(second.digest).not.toBe(first.digest)
    await appendFile(join(folder, 'a.png'), 'more')
    expect((await observe()).digest).not.toBe(second.digest)
  })

  test('what is missing is a fact, what is a file an error', async () => {
    expect(await observe('gone')).toMatchObject({ exists: false, pictures: 0 })
    await save('a.png', 'faces.zip')
    await expect(observe('a.png')).rejects.toMatchObject({ code: 'not-a-folder', reason: 'preflight' })
    const zip = observeSource({ face_synthetics: 'faces.zip' }, { workingDirectory: folder })
    await expect(zip).rejects.toMatchObject({ code: 'zip-missing', reason: 'preflight' })
  })
})

describe('atomic files', () => {
  test('the old file stays until the new one is whole', async () => {
    const path = join(folder, 'deep/file')
    await writeFileAtomic(path, 'old')
    const file = await openAtomicFile(path)
    await file.write('new, ')
    await file.write('in parts')
    expect(await readFile(path, 'utf8')).toBe('old')
    await file.commit()
    await file.discard()
    expect(await readFile(path, 'utf8')).toBe('new, in parts')
    expect(await readdir(join(folder, 'deep'))).toEqual(['file'])
  })

  test('what a killed process left is removed, what a living one writes is not', async () => {
    const dead = spawnSync(process.execPath, ['-e', '']).pid
    await save(`.file.${dead}.tmp`, `.file.${process.ppid}.tmp`, `.other.${dead}.tmp`)
    await writeFileAtomic(join(folder, 'file'), 'new')
    expect((await readdir(folder)).sort()).toEqual(
      [`.file.${process.ppid}.tmp`, `.other.${dead}.tmp`, 'file'].sort(),
    )
  })

  test('what is given up leaves nothing', async () => {
    const file = await openAtomicFile(join(folder, 'file'))
    await file.write('half')
    await file.discard()
    expect(await readdir(folder)).toEqual([])
  })

  test('a full disk and a file in the way are errors that a person can mend', async () => {
    const full = await open('/dev/full', 'w')
    const error = await full.writeFile('x').catch((cause: unknown) => fileError(cause, '/data/x'))
    await full.close()
    expect(error).toMatchObject({
      code: 'disk-full',
      message: "Can't write /data/x: the disk is full (ENOSPC).",
    })
    await save('file')
    const inFile = writeFileAtomic(join(folder, 'file/inside'), 'x')
    await expect(inFile).rejects.toBeInstanceOf(UserError)
    await mkdir(join(folder, 'taken'))
    await expect(writeFileAtomic(join(folder, 'taken'), 'x')).rejects.toMatchObject({ code: 'not-a-file' })
    expect((await readdir(folder)).sort()).toEqual(['file', 'taken'])
  })
})

describe('the journal', () => {
  test('goes on behind a torn line', async () => {
    const path = join(folder, 'journal')
    const first = await openJournal<{ n: number }>(path)
    first.append('a', { n: 1 })
    first.append('ü', { n: 2 })
    first.append('a', { n: 3 })
    await first.close()
    const whole = await readFile(path)
    await writeFile(path, Buffer.concat([whole, Buffer.from('["torn",{"n"')]))
    const second = await openJournal<{ n: number }>(path)
    expect(second.find('torn')).toBeNull()
    expect(second.read(second.find('a')!)).toEqual({ n: 3 })
    const place = second.append('b', { n: 4 })
    expect(second.read(place)).toEqual({ n: 4 })
    await second.close()
    expect(await readFile(path, 'utf8')).toBe(`${whole.toString()}["b",{"n":4}]\n`)
    const third = await openJournal<{ n: number }>(path)
    expect(['ü', 'b'].map((key) => third.read(third.find(key)!))).toEqual([{ n: 2 }, { n: 4 }])
    await third.close()
  })

  test('holds lines of any length', async () => {
    const journal = await openJournal<string>(join(folder, 'journal'))
    expect(journal.isEmpty).toBe(true)
    const values = ['x'.repeat(100_000), 'ü'.repeat(3000), '']
    const places = values.map((value) => journal.append(`key of ${value.length}`, value))
    expect(places.map((place) => journal.read(place))).toEqual(values)
    expect(journal.isEmpty).toBe(false)
    await journal.close()
  })

  test('is cut at the first line that is no entry', async () => {
    const path = join(folder, 'journal')
    await writeFile(path, '["a",1]\n\0\0\0\n["b",2]\n')
    const journal = await openJournal<number>(path)
    expect([journal.find('a'), journal.find('b')]).toEqual([0, null])
    await journal.close()
    expect(await readFile(path, 'utf8')).toBe('["a",1]\n')
  })
})

test('NDJSON is split at line feeds alone, whatever the size of the lines', async () => {
  const values = ['\u2028\u2029\r', 'x'.repeat(3 << 20), 'ü'.repeat(700_000), '']
  await writeFile(
    join(folder, 'lines'),
    values.map((value) => JSON.stringify(value) + '\n').join('') + '"torn',
  )
  const read: string[] = []
  for await (const value of readNdjson<string>(join(folder, 'lines'))) read.push(value)
  expect(read).toEqual(values)
})

describe('concurrency', () => {
  const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

  test.each([1, 3, 50])('mapInOrder keeps the order with %i at once, and no more', async (limit) => {
    let [under, most] = [0, 0]
    const results: number[] = []
    const items = Array.from({ length: 20 }, (_, i) => i)
    const mapped = mapInOrder(items, limit, async (i) => {
      most = Math.max(most, ++under)
      await wait((i * 7) % 5)
      under--
      return i * i
    })
    for await (const result of mapped) results.push(result)
    expect(results).toEqual(items.map((i) => i * i))
    expect(most).toBe(Math.min(limit, 20))
  })

  test('a failure waits for what is under way, then comes out', async () => {
    let finished = 0
    const work = async (i: number): Promise<void> => {
      await wait(i === 1 ? 1 : 10)
      if (i === 1) throw new Error('one')
      finished++
    }
    await expect(forEachConcurrent([1, 2, 3, 4, 5, 6], 3, work)).rejects.toThrow('one')
    expect(finished).toBe(2)
    const mapped = mapInOrder([1, 2, 3], 3, work)
    await expect(mapped.next()).rejects.toThrow('one')
    expect(finished).toBe(4)
  })
})

describe('writeShards', () => {
  const makeRow = (index: number, bytes: number): DatasetRow => ({
    image: { bytes: new Uint8Array(bytes).fill(index), path: `${index}.png` },
    conditioning_image: { bytes: new Uint8Array(10).fill(index), path: `${index}.png` },
    text: `row ${index}`,
  })
  async function* makeRows(count: number, bytes = 1000): AsyncGenerator<DatasetRow> {
    for (let index = 0; index < count; index++) yield makeRow(index, bytes)
  }
  const write = async (rows: AsyncGenerator<DatasetRow>, maxShardBytes?: number) => {
    await mkdir(join(folder, 'data'), { recursive: true })
    return writeShards(rows, { folder, split: 'train', fingerprint: 'abc', maxShardBytes })
  }

  test('a file ends where the next row would make it too large', async () => {
    const shards = await write(makeRows(25), 10_500)
    expect(shards.map(({ file, rows }) => [file, rows])).toEqual([
      ['data/train-00000-of-00003.parquet', 10],
      ['data/train-00001-of-00003.parquet', 10],
      ['data/train-00002-of-00003.parquet', 5],
    ])
    expect((await readdir(join(folder, 'data'))).sort()).toEqual(shards.map(({ file }) => file.slice(5)))
  })

  test('rows larger than the limit stand alone; without rows there is no file', async () => {
    expect((await write(makeRows(3), 10)).map(({ rows }) => rows)).toEqual([1, 1, 1])
    expect(await write(makeRows(0))).toEqual([])
  })

  test('groups of 100 rows, so that memory does not grow with the file', async () => {
    const { asyncBufferFromFile, parquetMetadataAsync } = await import('hyparquet')
    const [shard] = await write(makeRows(250, 50))
    const { row_groups } = await parquetMetadataAsync(await asyncBufferFromFile(join(folder, shard!.file)))
    expect(row_groups.map(({ num_rows }) => Number(num_rows))).toEqual([100, 100, 50])
  })
})
