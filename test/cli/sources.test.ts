/** What a person sees when pictures, captions or metadata are not what the config says, or change. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { makeNoise } from '../stages/face-pictures.ts'
import { makeZip } from '../unit/formats/zip/make-zip.ts'
import { run, temporaryFolder } from './cli.ts'

let folder: string
beforeEach(async () => {
  folder = await temporaryFolder()
  for (const number of [1, 2]) await put(`photos/${number}.png`, await makeNoise(64, number).png().toBuffer())
})
afterEach(() => rm(folder, { recursive: true }))

async function put(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true })
  await writeFile(join(folder, path), content)
}

async function writeConfig(captions: string, source = '{ folder: ./photos }', kind = 'canny'): Promise<void> {
  await put(
    'controlnet.yaml',
    `version: 1
name: photos
condition: { kind: ${kind} }
dataset:
  source: ${source}
  captions: ${captions}
  crop: center
  resolution: 64
  validation: { count: 0 }
`,
  )
}

async function prepare(): Promise<string[]> {
  const { code, stderr } = await run(['prepare'], folder)
  expect([code, code === 0 ? '' : stderr]).toEqual([0, ''])
  const file = join(folder, 'dataset/data/train-00000-of-00001.parquet')
  const rows = await parquetReadObjects({ file: await asyncBufferFromFile(file), columns: ['text'] })
  return rows.map(({ text }) => text as string)
}

it('captions that were edited are in the next dataset, whatever their files are called', async () => {
  await writeConfig('{ sidecar: .tags }')
  await put('photos/1.tags', 'one')
  await put('photos/2.tags', 'two')
  expect(await prepare()).toEqual(['one', 'two'])
  const again = await run(['prepare'], folder)
  expect(again.stdout + again.stderr).not.toContain('rebuild')
  await put('photos/2.tags', 'TWO')
  const { stdout } = await run(['plan', '--json'], folder)
  const { stages } = JSON.parse(stdout) as { stages: { name: string; action: string }[] }
  expect(stages.find(({ name }) => name === 'collect-images')!.action).toBe('rebuild')
  expect(await prepare()).toEqual(['one', 'TWO'])
})

it.each([
  ['a folder', async () => {}, './photos'],
  [
    'a zip',
    async () => {
      const data = await readFile(join(folder, 'photos/1.png'))
      await put('photos.zip', makeZip([{ name: '1.png', data }]))
    },
    './photos.zip',
  ],
])('a mistyped variable of a template is told with the likely one: %s', async (_, make, place) => {
  await make()
  await writeConfig("'a photo of {filname}'".replace(/^/, '{ template: ') + ' }', `{ folder: ${place} }`)
  for (const command of ['plan', 'prepare']) {
    const { code, stdout, stderr } = await run([command], folder)
    expect(code).toBe(3)
    expect(stdout + stderr).toContain('column "filname", which the caption template names, in')
    expect(stdout + stderr).toContain('Did you mean {filename}?')
  }
})

it('texts that no folder of the pairs holds', async () => {
  for (const column of ['image', 'conditioning_image', 'texts'])
    await put(`pairs/${column}/1.png`, await readFile(join(folder, 'photos/1.png')))
  await writeConfig('{ column: text }', '{ pairs: ./pairs }', 'images')
  const { code, stdout, stderr } = await run(['plan'], folder)
  expect(code).toBe(3)
  expect(stdout + stderr).toContain(
    'has no folder text/ with texts for the captions; it has conditioning_image/, image/, texts/.',
  )
  expect(stdout + stderr).toContain('Did you mean texts?')
})
