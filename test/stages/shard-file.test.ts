import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { planParquet, type DatasetRow } from '../../src/formats/parquet/parquet-rows.ts'
import { openShardFile } from '../../src/tools/parquet/shard-file.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnk-shard-'))
})
afterAll(() => rm(folder, { recursive: true }))

const PAGE = 65_536

function makeRow(index: number, size: number): DatasetRow {
  return {
    image: { bytes: new Uint8Array(size).fill(index), path: `${index}.png` },
    conditioning_image: { bytes: new Uint8Array(index * 31).fill(7), path: `${index}.png` },
    text: `a face, ${'é'.repeat(index % 5)}`,
  }
}

test.each<[string, readonly number[]]>([
  ['one picture', [100]],
  ['an empty one among others', [10, 0, 10]],
  ['many in a page', Array<number>(250).fill(500)],
  ['a page each', Array<number>(101).fill(PAGE)],
  ['around the size of a page', [PAGE - 1, 1, 1, PAGE + 1, PAGE / 2, PAGE / 2, PAGE / 2 - 1, 1, PAGE]],
  ['large and small in turn', Array.from({ length: 120 }, (_, index) => (index % 3) * 50_000)],
])('a file is what hyparquet-writer alone writes: %s', async (_, sizes) => {
  const rows = sizes.map((size, index) => makeRow(index, size))
  const path = join(folder, 'a.parquet')
  const file = await openShardFile(path, 'fingerprint')
  // The memory of a picture is used for the next one as soon as the row is taken.
  const memory = new Uint8Array(200_000)
  for (const row of rows) {
    memory.set(row.image.bytes)
    await file.add({ ...row, image: { ...row.image, bytes: memory.subarray(0, row.image.bytes.length) } })
    memory.fill(255)
  }
  const { rows: count, bytes } = await file.finish()
  const names = ['image', 'conditioning_image', 'text'] as const
  const whole = parquetWriteBuffer({
    ...planParquet('fingerprint'),
    columnData: names.map((name) => ({
      name,
      encoding: 'PLAIN',
      codec: 'UNCOMPRESSED',
      data: rows.map((row) => row[name]),
    })),
    rowGroupSize: 100,
    pageSize: PAGE,
  })
  const written = await readFile(path)
  expect([count, bytes]).toEqual([rows.length, written.length])
  expect(written.equals(new Uint8Array(whole))).toBe(true)
})
