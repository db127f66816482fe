import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findChecksumProblem } from '../../src/tools/runs/checkpoint-checksums.ts'
import {
  findCheckpoints,
  findModelProblem,
  quarantineCheckpoints,
} from '../../src/tools/runs/checkpoint-files.ts'

let output: string

beforeEach(() => {
  output = mkdtempSync(join(tmpdir(), 'cnk-checkpoints-'))
})
afterEach(() => {
  rmSync(output, { recursive: true, force: true })
})

/** Stored entries, as PyTorch writes them. */
function zip(...contents: string[]): Buffer {
  const parts: Buffer[] = []
  const entries: Buffer[] = []
  let offset = 0
  for (const [index, content] of contents.entries()) {
    const name = Buffer.from(`archive/data/${index}`)
    const data = Buffer.from(content)
    const local = Buffer.alloc(30)
    local.writeUInt32LE(0x04034b50, 0)
    local.writeUInt32LE(crc32(data), 14)
    local.writeUInt32LE(data.length, 18)
    local.writeUInt32LE(data.length, 22)
    local.writeUInt16LE(name.length, 26)
    const entry = Buffer.alloc(46)
    entry.writeUInt32LE(0x02014b50, 0)
    entry.writeUInt32LE(crc32(data), 16)
    entry.writeUInt32LE(data.length, 20)
    entry.writeUInt32LE(data.length, 24)
    entry.writeUInt16LE(name.length, 28)
    entry.writeUInt32LE(offset, 42)
    parts.push(local, name, data)
    entries.push(entry, name)
    offset += local.length + name.length + data.length
  }
  const directory = Buffer.concat(entries)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(contents.length, 8)
  end.writeUInt16LE(contents.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...parts, directory, end])
}

function safetensors(sizeBytes: number): Buffer {
  const header = Buffer.from(
    JSON.stringify({
      __metadata__: { format: 'pt' },
      w: { dtype: 'F32', shape: [sizeBytes / 4], data_offsets: [0, sizeBytes] },
    }),
  )
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(header.length))
  return Buffer.concat([length, header, Buffer.alloc(sizeBytes)])
}

function writeCheckpoint(step: number): string {
  const folder = join(output, `checkpoint-${step}`)
  mkdirSync(join(folder, 'controlnet'), { recursive: true })
  writeFileSync(join(folder, 'controlnet/config.json'), '{}')
  writeFileSync(join(folder, 'controlnet/diffusion_pytorch_model.safetensors'), safetensors(400))
  for (const name of ['optimizer.bin', 'scheduler.bin', 'random_states_0.pkl']) {
    writeFileSync(join(folder, name), zip('x'.repeat(500), 'y'.repeat(90)))
  }
  return folder
}

describe('whole or not', () => {
  it('whole ones, by rising step, and nothing else that lies there', async () => {
    for (const step of [10, 9, 100]) writeCheckpoint(step)
    mkdirSync(join(output, 'logs'))
    mkdirSync(join(output, 'checkpoint-11.partial'))
    const found = await findCheckpoints(output)
    expect(found.map(({ step, whole, problem }) => [step, whole, problem])).toEqual([
      [9, true, null],
      [10, true, null],
      [100, true, null],
    ])
    expect(await findCheckpoints(join(output, 'nowhere'))).toEqual([])
  })

  const files = [
    'controlnet/config.json',
    'controlnet/diffusion_pytorch_model.safetensors',
    'optimizer.bin',
    'scheduler.bin',
    'random_states_0.pkl',
  ]

  it.each(files)('%s is missing', async (file) => {
    rmSync(join(writeCheckpoint(4), file))
    expect(await findCheckpoints(output)).toMatchObject([
      { step: 4, whole: false, problem: `${file} is missing` },
    ])
  })

  it.each(files)('%s has lost its last byte, or all', async (file) => {
    const path = join(writeCheckpoint(4), file)
    for (const size of [1, 0]) {
      truncateSync(path, size)
      expect(await findCheckpoints(output)).toMatchObject([{ step: 4, whole: false }])
    }
  })

  it.each([1, 22, 60, 98, 400])('a zip that lacks its last %i bytes', async (lost) => {
    const path = join(writeCheckpoint(4), 'optimizer.bin')
    truncateSync(path, zip('x'.repeat(500), 'y'.repeat(90)).length - lost)
    expect(await findCheckpoints(output)).toMatchObject([{ whole: false, problem: 'optimizer.bin is cut' }])
  })

  it('weights with a byte too many or too few', async () => {
    const folder = writeCheckpoint(4)
    const path = join(folder, 'controlnet/diffusion_pytorch_model.safetensors')
    for (const weights of [
      Buffer.concat([safetensors(400), Buffer.alloc(1)]),
      safetensors(400).subarray(0, -1),
    ]) {
      writeFileSync(path, weights)
      expect(await findModelProblem(join(folder, 'controlnet'))).toBe(
        'diffusion_pytorch_model.safetensors is cut',
      )
    }
  })
})

it('an optimizer that an interrupt closed early holds too little for its weights', async () => {
  writeFileSync(join(writeCheckpoint(4), 'optimizer.bin'), zip('x'.repeat(500)))
  expect(await findCheckpoints(output)).toMatchObject([
    { whole: false, problem: 'optimizer.bin is not complete' },
  ])
})

it('bytes that are others than those that were written', async () => {
  const folder = writeCheckpoint(4)
  expect(await findChecksumProblem(folder)).toBeNull()
  const file = join(folder, 'scheduler.bin')
  const bytes = readFileSync(file)
  // A block that a power cut left empty.
  bytes.fill(0, 100, 120)
  writeFileSync(file, bytes)
  expect(await findCheckpoints(output)).toMatchObject([{ whole: true }])
  expect(await findChecksumProblem(folder)).toBe('scheduler.bin has a wrong checksum')
})

it('the half of a file of weights is removed', async () => {
  const half = join(writeCheckpoint(4), 'controlnet/.tmpA1b2C3')
  writeFileSync(half, '')
  await quarantineCheckpoints(output)
  expect(existsSync(half)).toBe(false)
})

it('what is unfinished gets a name that no trainer takes for a checkpoint', async () => {
  writeCheckpoint(4)
  rmSync(join(writeCheckpoint(8), 'scheduler.bin'))
  mkdirSync(join(output, 'checkpoint-12.partial'))
  mkdirSync(join(output, 'incomplete-checkpoint-8'))
  writeFileSync(join(output, '.tmpA1b2C3'), '')
  expect((await quarantineCheckpoints(output)).sort()).toEqual([
    'incomplete-checkpoint-12.partial',
    'incomplete-checkpoint-8-2',
  ])
  expect(readdirSync(output).sort()).toEqual([
    'checkpoint-4',
    'incomplete-checkpoint-12.partial',
    'incomplete-checkpoint-8',
    'incomplete-checkpoint-8-2',
  ])
  expect(await quarantineCheckpoints(output)).toEqual([])
})
