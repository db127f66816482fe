import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { followEventFiles } from '../../src/tools/runs/event-files.ts'

/** Written by torch's SummaryWriter: test/fixtures/tensorboard/make.py. Its first record ends at byte 88. */
const bytes = readFileSync(new URL('../fixtures/tensorboard/events.out.tfevents', import.meta.url))
const FIRST = 88

let folder: string
let board: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cnk-board-'))
  board = join(folder, 'logs')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function follow() {
  const events: string[] = []
  let opened = 0
  const files = followEventFiles(board, () => {
    const file = ++opened
    return ({ step, values }) =>
      void events.push(...values.map(({ kind, tag }) => `${file}: ${kind} ${tag} ${step}`))
  })
  return { files, events }
}

it('a folder that is not there yet, a file that grows, a second one', async () => {
  const { files, events } = follow()
  await files.read()
  mkdirSync(board)
  writeFileSync(join(board, 'hparams.yml'), 'no events')
  const first = join(board, 'events.out.tfevents.1000.host.1.0')
  writeFileSync(first, bytes.subarray(0, FIRST + 20))
  await files.read()
  expect(events).toEqual([])
  appendFileSync(first, bytes.subarray(FIRST + 20, 200))
  await files.read()
  expect(events).toEqual(['1: scalar loss 0', '1: scalar lr 0'])
  appendFileSync(first, bytes.subarray(200))
  writeFileSync(join(board, 'events.out.tfevents.2000.host.1.0'), bytes)
  await files.read()
  expect(events).toHaveLength(28)
  expect(events.at(13)).toBe('1: picture another 2')
  expect(events.at(-1)).toBe('2: picture another 2')
  await files.read()
  expect(events).toHaveLength(28)
  expect(files.problems()).toEqual([])
})

it('what lay there before can be left out', async () => {
  mkdirSync(board)
  writeFileSync(join(board, 'events.out.tfevents.1000.host.1.0'), bytes)
  const { files, events } = follow()
  await files.skip()
  writeFileSync(join(board, 'events.out.tfevents.2000.host.2.0'), bytes.subarray(0, 200))
  await files.read()
  expect(events).toEqual(['1: scalar loss 0', '1: scalar lr 0'])
})

it('a damaged file is told, and another one is read all the same', async () => {
  mkdirSync(board)
  const damaged = Uint8Array.from(bytes)
  damaged[FIRST + 3]! ^= 1
  writeFileSync(join(board, 'events.out.tfevents.1000.host.1.0'), damaged)
  writeFileSync(join(board, 'events.out.tfevents.2000.host.2.0'), bytes.subarray(0, 200))
  const { files, events } = follow()
  await files.read()
  expect(events).toEqual(['2: scalar loss 0', '2: scalar lr 0'])
  expect(files.problems()).toEqual([
    'logs/events.out.tfevents.1000.host.1.0: the length of the record at byte 88 is damaged',
  ])
})

it('200,000 records are read in flat memory', { timeout: 60_000 }, async () => {
  mkdirSync(board)
  const path = join(board, 'events.out.tfevents.1000.host.1.0')
  const pair = bytes.subarray(FIRST, 166)
  writeFileSync(path, bytes.subarray(0, FIRST))
  const block = Buffer.concat(Array.from({ length: 10_000 }, () => pair))
  let count = 0
  const files = followEventFiles(board, () => () => void count++)
  await files.read()
  const before = process.memoryUsage().arrayBuffers
  for (let round = 0; round < 10; round++) {
    appendFileSync(path, block)
    await files.read()
  }
  expect(count).toBe(1 + 200_000)
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024 * 1024)
})
