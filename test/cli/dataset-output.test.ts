/** A dataset never takes the place of what a person has there. */
import { mkdir, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { makeNoise } from '../stages/face-pictures.ts'
import { run, temporaryFolder } from './cli.ts'

let folder: string
beforeEach(async () => {
  folder = await temporaryFolder()
})
afterEach(() => rm(folder, { recursive: true }))

async function put(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true })
  await writeFile(join(folder, path), content)
}

async function writeConfig(source: string, output: string): Promise<void> {
  for (const number of [1, 2])
    await put(`${source}/${number}.png`, await makeNoise(64, number).png().toBuffer())
  await put(
    'controlnet.yaml',
    `version: 1
name: photos
condition: { kind: canny }
dataset:
  source: { folder: ${source} }
  crop: center
  resolution: 64
  validation: { count: 0 }
  output: ${output}
`,
  )
}

it('a project with a README.md and pictures in data/ keeps both', async () => {
  await writeConfig('data', '.')
  await put('README.md', 'my project')
  for (const command of ['plan', 'prepare']) {
    const { code, stdout, stderr } = await run([command], folder)
    expect([command, code]).toEqual([command, 3])
    expect(stdout + stderr).toContain('README.md, data')
    if (command === 'prepare') expect(stderr).toContain('controlnet.yaml:9:11  dataset.output')
  }
  expect(await readFile(join(folder, 'README.md'), 'utf8')).toBe('my project')
  expect(await readdir(join(folder, 'data'))).toEqual(['1.png', '2.png'])
  expect((await run(['prepare', '--set', 'dataset.output=./dataset'], folder)).code).toBe(0)
})

it('a dataset is replaced, also one without its hidden folder', async () => {
  await writeConfig('photos', './dataset')
  expect((await run(['prepare'], folder)).code).toBe(0)
  await rm(join(folder, 'dataset/.cnk'), { recursive: true })
  expect((await run(['prepare', '--set', 'dataset.resolution=128'], folder)).code).toBe(0)
  expect(await readFile(join(folder, 'dataset/manifest.json'), 'utf8')).toContain('"resolution": 128')
})

it('pictures among the files of a dataset are not taken from there', async () => {
  await writeConfig('photos', './dataset')
  expect((await run(['prepare'], folder)).code).toBe(0)
  await writeConfig('dataset/data', './dataset')
  const { code, stderr } = await run(['prepare'], folder)
  expect([code, stderr]).toEqual([3, expect.stringContaining('dataset/data is where the dataset goes')])
  expect(await readdir(join(folder, 'dataset/data'))).toContain('1.png')
})

it('a link to a disk that is not there is said to be one', async () => {
  await writeConfig('photos', './dataset')
  await symlink('/nowhere/dataset', join(folder, 'dataset'))
  const { code, stderr } = await run(['prepare'], folder)
  expect([code, stderr]).toEqual([3, expect.stringContaining('it is a link to nothing')])
})
