/** A machine with fewer cores makes the same dataset, only later. */
import { execFile } from 'node:child_process'
import { copyFile, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { copyPhotos, writeFrames } from '../stages/face-pictures.ts'
import { MAIN, temporaryFolder } from './cli.ts'

/** As many as a row group and some more. */
async function makeFrames(folder: string): Promise<void> {
  await writeFrames(folder, { count: 130, side: 64 })
}

async function makePhotos(folder: string): Promise<void> {
  await copyPhotos(folder, [1, 2, 3, 4, 5, 6])
  await copyFile(join(folder, 'sample2.jpg'), join(folder, 'again.jpg'))
  await writeFile(join(folder, 'broken.png'), 'no picture')
}

it.runIf(process.platform === 'linux').each([
  ['ready landmarks', makeFrames, { face_synthetics: './source' }, 'files'],
  ['photographs, several faces in each', makePhotos, { folder: './source' }, 'embedded'],
])('on one core, the same bytes: %s', { timeout: 120_000 }, async (_, make, source, annotator) => {
  const folder = await temporaryFolder()
  onTestFinished(() => rm(folder, { recursive: true }))
  await make(join(folder, 'source'))
  const config = {
    version: 1,
    name: 'faces',
    condition: { annotator },
    dataset: { source, resolution: 64, faces: 'all', validation: { count: 3 } },
  }
  const prepare = async (name: string, ...before: string[]) => {
    const place = join(folder, name)
    await mkdir(place)
    await symlink(join(folder, 'source'), join(place, 'source'))
    await writeFile(join(place, 'controlnet.yaml'), JSON.stringify(config))
    const [program, ...args] = [...before, process.execPath, MAIN, 'prepare']
    await promisify(execFile)(program!, args, { cwd: place })
    return readFiles(join(place, 'dataset'))
  }
  const all = await prepare('all-cores')
  const one = await prepare('one-core', 'taskset', '--cpu-list', await findCore())
  expect(Object.keys(all)).toContain('data/train-00000-of-00001.parquet')
  expect(Object.keys(one)).toEqual(Object.keys(all))
  for (const [file, bytes] of Object.entries(one)) expect(bytes.equals(all[file]!), file).toBe(true)
})

/** The first one that this program may run on. */
async function findCore(): Promise<string> {
  const status = await readFile('/proc/self/status', 'utf8')
  return /^Cpus_allowed_list:\s*(\d+)/m.exec(status)![1]!
}

/** The journal beside them holds findings in the order in which they came. */
async function readFiles(folder: string): Promise<Record<string, Buffer>> {
  const shards = (await readdir(join(folder, 'data'))).map((name) => `data/${name}`)
  const names = ['README.md', 'annotations.ndjson', 'manifest.json', 'preview.html', 'preview.png', ...shards]
  const files = names.map(async (name) => [name, await readFile(join(folder, name))] as const)
  return Object.fromEntries(await Promise.all(files))
}
