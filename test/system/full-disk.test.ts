/** A disk that fills up while the dataset is made, or while it trains: one clear message, nothing half-done, and the next run goes on. */
import { execFileSync, spawn } from 'node:child_process'
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeGeneratedFaces } from '../../src/tools/threads/generated-faces.ts'

const CLI = fileURLToPath(new URL('../../dist/start.cjs', import.meta.url))
const PICTURES = 24
/** Of a disk of 60 MiB: what is left is less than the pictures take. */
const FILLER_BYTES = 58_000_000

let folder: string
let disk: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cnk-full-disk-'))
  disk = join(folder, 'disk')
  const signal = new AbortController().signal
  await writeGeneratedFaces({ folder: join(folder, 'photos'), faces: PICTURES, seed: 5, signal })
  execFileSync('mkdir', [disk])
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=60m', 'none', disk])
}, 60_000)
afterAll(() => {
  execFileSync('umount', [disk])
  rmSync(folder, { recursive: true })
})

test('another program fills the disk meanwhile; then there is room again', { timeout: 120_000 }, async () => {
  const config = {
    version: 1,
    name: 'full',
    dataset: { source: { folder: '../photos' }, output: './dataset', max_rejects: '90%' },
    condition: { quality: 'fast' },
  }
  writeFileSync(join(disk, 'controlnet.yaml'), JSON.stringify(config))
  const filler = join(disk, 'filler')
  const full = await kit('prepare', {
    when: /"stage-started","stage":"write-dataset"/,
    then: () => writeFileSync(filler, Buffer.alloc(FILLER_BYTES)),
  })
  expect(full).toMatchObject({ code: 4, result: { status: 'failed', exitReason: 'dataset' } })
  expect(full.text).toMatch(/disk is full/i)
  expect(full.text).not.toMatch(/ at .*\.js:/)
  expect(existsSync(join(disk, 'dataset/README.md'))).toBe(false)
  const known = countFindings()
  expect(known).toBeGreaterThan(PICTURES)

  rmSync(filler)
  const whole = await kit('prepare')
  expect(whole).toMatchObject({ code: 0, result: { status: 'done' } })
  expect(existsSync(join(disk, 'dataset/README.md'))).toBe(true)
  // Not one picture was looked at again.
  expect(countFindings()).toBe(known)
})

test(
  'while it trains: the training ends, says why, and goes on afterwards',
  { timeout: 240_000 },
  async () => {
    rmSync(join(disk, 'dataset'), { recursive: true })
    writeFileSync(join(disk, 'controlnet.yaml'), JSON.stringify(TRAINING))
    const filler = join(disk, 'filler')
    const full = await kit('train', { when: /"type":"train-step"/, then: () => fill(filler) })
    expect(full).toMatchObject({ code: 6, result: { status: 'failed', exitReason: 'training' } })
    expect(full.text).toMatch(/disk is full/i)
    expect(full.text).not.toMatch(/ at .*\.js:/)

    rmSync(filler)
    const whole = await kit('train')
    expect(whole).toMatchObject({ code: 0, result: { status: 'done' } })
    expect(whole.text).toContain('"total":150')
  },
)

const TRAINING = {
  version: 1,
  name: 'full',
  dataset: {
    source: { generated: 8 },
    output: './dataset',
    crop: 'center',
    resolution: 64,
    validation: { count: 2 },
  },
  base_model: { generated: 'tiny' },
  environment: { torch: 'cpu' },
  train: {
    engine: 'builtin',
    preset: 'cpu',
    train_batch_size: 2,
    gradient_accumulation_steps: 1,
    max_train_steps: 150,
    checkpointing_steps: 50,
    validation_steps: 1000,
  },
  evaluate: { enabled: false },
}

/** Until not a byte more goes on the disk. */
function fill(file: string): void {
  const descriptor = openSync(file, 'w')
  try {
    for (;;) writeSync(descriptor, Buffer.alloc(65_536))
  } catch (error) {
    expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC')
  } finally {
    closeSync(descriptor)
  }
}

interface Ended {
  readonly code: number | null
  readonly result: unknown
  readonly text: string
}

interface Moment {
  /** What the output says by then. */
  readonly when: RegExp
  then(): void
}

function kit(command: 'prepare' | 'train', moment?: Moment): Promise<Ended> {
  const child = spawn(process.execPath, [CLI, command, '--json'], { cwd: disk, stdio: 'pipe' })
  let text = ''
  let waiting = moment
  const read = (more: Buffer): void => {
    text += more.toString()
    if (waiting === undefined || !waiting.when.test(text)) return
    waiting.then()
    waiting = undefined
  }
  child.stdout.on('data', read)
  child.stderr.on('data', read)
  return new Promise((resolve) => {
    child.on('close', (code) => {
      const last = text
        .trim()
        .split('\n')
        .findLast((line) => line.includes('"type":"result"'))
      resolve({ code, result: last === undefined ? null : (JSON.parse(last) as unknown), text })
    })
  })
}

function countFindings(): number {
  return readFileSync(join(disk, 'dataset/.cnk/findings.ndjson'), 'utf8').split('\n').length
}
