/** A dataset that was interrupted by SIGKILL ends up as one that was not, byte for byte. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createSeededRandom } from '../../src/dataset/seeded-random.ts'
import { packageRoot } from '../../src/tools/package-root.ts'

const PICTURES = 18
const KILLS = 3
const SEED = 20_261

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cnk-kill-'))
  await writePhotos(join(root, 'photos'))
}, 60_000)
afterAll(() => rm(root, { recursive: true }))

test(`killed ${KILLS} times at any moment, then run to its end`, { timeout: 180_000 }, async () => {
  const undisturbed = await openFolder('undisturbed')
  const start = performance.now()
  expect(await prepare(undisturbed)).toBe('done')
  const wholeMs = performance.now() - start
  const expected = await hashDataset(undisturbed)
  expect(Object.keys(expected)).toContain('data/train-00000-of-00001.parquet')

  const disturbed = await openFolder('disturbed')
  const random = createSeededRandom(SEED)
  const ends: string[] = []
  for (let kill = 0; kill < KILLS; kill++)
    ends.push(await prepare(disturbed, random.between(0.1, 1) * wholeMs))
  expect(ends).toContain('killed')
  expect(await prepare(disturbed)).toBe('done')
  expect(await hashDataset(disturbed)).toEqual(expected)
  for (const part of ['dataset', 'dataset/.cnk']) {
    expect((await readdir(join(disturbed, part))).sort()).toEqual(
      (await readdir(join(undisturbed, part))).sort(),
    )
  }
})

/** Real faces in varied crops. */
async function writePhotos(folder: string): Promise<void> {
  await mkdir(folder)
  const photo = join(packageRoot, 'node_modules/@vladmandic/face-api/demo/sample1.jpg')
  const { width, height } = await sharp(photo).metadata()
  for (let index = 0; index < PICTURES; index++) {
    const cut = sharp(photo).extract({
      left: index * 5,
      top: index * 3,
      width: width - 90,
      height: height - 60,
    })
    await cut
      .resize(900)
      .jpeg()
      .toFile(join(folder, `photo-${index}.jpg`))
  }
}

async function openFolder(name: string): Promise<string> {
  const folder = join(root, name)
  await mkdir(folder)
  await symlink(join(root, 'photos'), join(folder, 'photos'))
  return folder
}

/** Kills it after that time, unless it was quicker. */
function prepare(folder: string, killAfterMs?: number): Promise<string> {
  const script = join(import.meta.dirname, 'prepare-child.mjs')
  const child = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'ignore', 'inherit'] })
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      clearTimeout(timer)
      resolve(signal === 'SIGKILL' ? 'killed' : code === 0 ? 'done' : `failed with ${code}`)
    })
  })
}

async function hashDataset(folder: string): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {}
  const files = ['README.md', 'annotations.ndjson', 'manifest.json', 'preview.png', 'preview.html']
  const shards = (await readdir(join(folder, 'dataset/data'))).sort().map((name) => `data/${name}`)
  for (const file of [...files, ...shards]) {
    hashes[file] = createHash('sha256')
      .update(await readFile(join(folder, 'dataset', file)))
      .digest('hex')
  }
  return hashes
}
