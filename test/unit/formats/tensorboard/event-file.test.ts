import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseBoardEvent } from '../../../../src/formats/tensorboard/board-event.ts'
import { maskedCrc32c } from '../../../../src/formats/tensorboard/crc32c.ts'
import { readRecords } from '../../../../src/formats/tensorboard/record-reader.ts'

/** Written by torch's SummaryWriter: make.py, beside it. */
const file = readFileSync(new URL('../../../fixtures/tensorboard/events.out.tfevents', import.meta.url))

function read(chunks: readonly Uint8Array[]) {
  const reader = readRecords()
  const records = chunks.flatMap((chunk) => reader.push(chunk).map((data) => Buffer.from(data)))
  return { records, problem: reader.problem() }
}

const events = (bytes: Uint8Array) => read([bytes]).records.map((record) => parseBoardEvent(record))

/** RFC 3720, B.4: 32 bytes of zeros, of ones, and rising ones. */
it.each([
  [new Uint8Array(32), 0x8a9136aa],
  [new Uint8Array(32).fill(0xff), 0x62a8ab43],
  [Uint8Array.from({ length: 32 }, (_, index) => index), 0x46dd794e],
])('CRC-32C of %s', (bytes, crc) => {
  const unmasked = (maskedCrc32c(bytes) - 0xa282ead8) >>> 0
  expect(((unmasked << 15) | (unmasked >>> 17)) >>> 0).toBe(crc)
})

describe('a file of torch', () => {
  it('has its version first, then a record for each value', () => {
    const [first, ...others] = events(file)
    expect(first).toMatchObject({ step: 0, values: [] })
    expect(
      others.map((event) => [event!.wallTime, event!.step, event!.values[0]!.tag, event!.values[0]!.kind]),
    ).toEqual([
      [1000, 0, 'loss', 'scalar'],
      [1000, 0, 'lr', 'scalar'],
      [1001, 1, 'loss', 'scalar'],
      [1001, 1, 'lr', 'scalar'],
      [1002, 1, 'loss', 'scalar'],
      [1002, 1, 'lr', 'scalar'],
      [1003, 2, 'loss', 'scalar'],
      [1003, 2, 'lr', 'scalar'],
      [1004, 2, 'loss', 'scalar'],
      [1004, 2, 'lr', 'scalar'],
      [1005, 3, 'loss', 'scalar'],
      [1005, 3, 'lr', 'scalar'],
      [1003.5, 2, 'a face, “smiling”', 'picture'],
      [1003.5, 2, 'another', 'picture'],
    ])
  })

  it('numbers are float32, NaN included', () => {
    const losses = events(file).flatMap((event) =>
      event!.values.flatMap((value) =>
        value.kind === 'scalar' && value.tag === 'loss' ? [value.value] : [],
      ),
    )
    expect(losses).toEqual([1.5, 0.5, Math.fround(0.1), NaN, 0.25, 0.75])
  })

  it('pictures are PNG files with their size', () => {
    const [value] = events(file).at(-1)!.values
    expect(value).toMatchObject({ kind: 'picture', width: 24, height: 8 })
    expect(value?.kind === 'picture' && [...value.png.subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47])
  })
})

it('any way to cut the file gives the same records', () => {
  const whole = read([file])
  expect(whole.records).toHaveLength(15)
  fc.assert(
    fc.property(fc.array(fc.nat({ max: file.length }), { maxLength: 30 }), (cuts) => {
      const places = [0, ...cuts.toSorted((a, b) => a - b), file.length]
      const chunks = places.slice(1).map((end, index) => file.subarray(places[index], end))
      expect(read(chunks)).toEqual(whole)
    }),
  )
})

it('a file that is cut anywhere gives its whole records, and no problem', () => {
  for (let length = 0; length < file.length; length++) {
    const { records, problem } = read([file.subarray(0, length)])
    expect(records.length).toBeLessThan(15)
    expect(problem).toBeNull()
  }
})

describe('a damaged file', () => {
  it.each([
    [0, 0, 'the length of the record at byte 0 is damaged'],
    [9, 0, 'the length of the record at byte 0 is damaged'],
    [20, 14, 'the data of the record at byte 0 is damaged'],
    [84, 14, 'the data of the record at byte 0 is damaged'],
    [88, 1, 'the length of the record at byte 88 is damaged'],
    [100, 14, 'the data of the record at byte 88 is damaged'],
  ])('byte %d flipped', (at, records, problem) => {
    const damaged = Uint8Array.from(file)
    damaged[at]! ^= 0x10
    expect(read([damaged])).toMatchObject({ problem })
    expect(read([damaged]).records).toHaveLength(records)
  })

  it('any other bytes give no record and no error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(read([bytes]).records).toEqual([])
        parseBoardEvent(bytes)
      }),
      { numRuns: 500 },
    )
  })
})
