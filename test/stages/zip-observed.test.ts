import { readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { collectImages } from '../../src/stages/collect-images/collect-images.ts'
import { observeSource } from '../../src/sources/observe-source.ts'
import { makeZip } from '../unit/formats/zip/make-zip.ts'
import { folder } from './case-folder.ts'
import { writeFrames } from './face-pictures.ts'
import { frames, zipFolder } from './zip-bench.ts'
import { writeParts } from './zip-files.ts'

describe('what planning sees', () => {
  const archive = (): string => join(folder, 'faces.zip')
  const observe = (given = './faces.zip') =>
    observeSource({ face_synthetics: given }, { workingDirectory: folder, cache: join(folder, 'cache') })

  beforeEach(async () => {
    await writeFrames(join(folder, 'frames'), { count: 3, side: 64 })
    zipFolder('frames', 'faces.zip')
  })

  test('counts, and a digest that follows the content', async () => {
    const first = await observe()
    expect(first).toMatchObject({
      kind: 'face_synthetics',
      given: './faces.zip',
      exists: true,
      pictures: 3,
      folders: 1,
      others: { '.txt': 3 },
    })
    expect(first.bytes).toBe(
      ['0', '1', '2'].reduce((sum, each) => sum + statSync(join(folder, `frames/00000${each}.png`)).size, 0),
    )
    zipFolder('frames', 'faces.zip')
    expect((await observe()).digest).toBe(first.digest)
    zipFolder('frames', 'faces.zip', [{ name: 'more.txt', data: 'x' }])
    expect((await observe()).digest).not.toBe(first.digest)
    expect(readdirSync(folder).sort()).toEqual(['faces.zip', 'frames'])
  })

  test('after the pictures were listed, the archive is not opened again until it changes', async () => {
    utimesSync(archive(), 1_700_000_000, 1_700_000_000)
    const first = await observe()
    await frames({ face_synthetics: './faces.zip' }).run([collectImages])
    writeFileSync(archive(), Buffer.alloc(statSync(archive()).size))
    utimesSync(archive(), 1_700_000_000, 1_700_000_000)
    expect(await observe()).toEqual(first)
    utimesSync(archive(), 1_700_000_000, 1_700_000_001)
    await expect(observe()).rejects.toMatchObject({ code: 'zip-missing' })
  })

  test('what is no archive, hostile or gone', async () => {
    expect(await observe('gone.zip')).toMatchObject({ exists: false, pictures: 0 })
    writeFileSync(archive(), makeZip([{ name: '../a.png', data: 'x' }]))
    await expect(observe()).rejects.toMatchObject({
      name: 'UserError',
      message: './faces.zip has an entry called "../a.png": it leads out of its folder.',
      code: 'zip-unsafe',
      reason: 'preflight',
    })
    writeFileSync(join(folder, 'a.png'), 'x')
    await expect(observe('a.png')).rejects.toMatchObject({ code: 'not-a-folder' })
    const bytes = makeZip([{ name: 'a.png', data: 'x'.repeat(100) }])
    writeParts(join(folder, 'cut.zip'), bytes, 3)
    await rm(join(folder, 'cut.zip.003'))
    await expect(observe('cut.zip.001')).rejects.toMatchObject({
      message: 'cut.zip.001 (read as 2 parts) is not a zip archive, or its end is missing.',
    })
  })
})
