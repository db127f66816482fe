/** A disk that fills up while the dataset is made: one clear message, nothing half-done, and the next run goes on. */
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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
  await writeGeneratedFaces({ folder: join(folder, 'photos'), count: PICTURES, seed: 5, signal })
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
  const full = await prepare(() => writeFileSync(filler, Buffer.alloc(FILLER_BYTES)))
  expect(full).toMatchObject({ code: 4, result: { status: 'failed', exitReason: 'dataset' } })
  expect(full.text).toMatch(/disk is full/i)
  expect(full.text).not.toMatch(/ at .*\.js:/)
  expect(existsSync(join(disk, 'dataset/README.md'))).toBe(false)
  const known = countFindings()
  expect(known).toBeGreaterThan(PICTURES)

  rmSync(filler)
  const whole = await prepare()
  expect(whole).toMatchObject({ code: 0, result: { status: 'done' } })
  expect(existsSync(join(disk, 'dataset/README.md'))).toBe(true)
  // Not one picture was looked at again.
  expect(countFindings()).toBe(known)
})

interface Ended {
  readonly code: number | null
  readonly result: unknown
  readonly text: string
}

/** `onWriting`: called when the dataset's files begin to be written. */
function prepare(onWriting?: () => void): Promise<Ended> {
  const child = spawn(process.execPath, [CLI, 'prepare', '--json'], { cwd: disk, stdio: 'pipe' })
  let text = ''
  let waiting = true
  const read = (more: Buffer): void => {
    text += more.toString()
    if (!waiting || !/"stage-started","stage":"write-dataset"/.test(text)) return
    waiting = false
    onWriting?.()
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
