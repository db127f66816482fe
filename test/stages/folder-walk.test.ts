/** Real-life folders: whatever can't be read is reported, and affects only what depends on it. */
import { chmodSync, mkdirSync, renameSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findPictures } from '../../src/sources/folders-and-zips/find-pictures.ts'
import { findParquetFiles } from '../../src/sources/parquet/parquet-folder.ts'
import { findPictureFiles } from '../../src/sources/folders-and-zips/picture-files.ts'
import { folder, put } from './case-folder.ts'

const list = async () =>
  (await findPictureFiles(join(folder, 'photos'))).pictures.map(({ path, problem }) => [
    path,
    problem ?? 'ok',
  ])

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: Error & { hint?: string; reason?: string }) => [error.message, error.hint, error.reason],
  )

/** In Latin-1, as old Windows and Linux programs wrote names. */
const latin1 = (path: string): Buffer => Buffer.from(join(folder, path), 'latin1')

/** root may read everything, so the work is done as somebody else then. */
async function asPerson<T>(work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return work()
  chmodSync(folder, 0o755)
  process.seteuid?.(65_534)
  try {
    return await work()
  } finally {
    process.seteuid?.(0)
  }
}

describe('a folder of pictures', () => {
  test('names that are not UTF-8 are said to be so; the others are used', async () => {
    for (const name of ['a.png', 'cafe.png', 'ete/b.png', '\uFFFD.png']) await put(`photos/${name}`, 'x')
    renameSync(join(folder, 'photos/cafe.png'), latin1('photos/café.png'))
    renameSync(join(folder, 'photos/ete'), latin1('photos/été'))
    expect(await list()).toEqual([
      ['a.png', 'ok'],
      ['caf\uFFFD.png', 'its name is not UTF-8 text; rename it'],
      ['\uFFFD.png', 'ok'],
      ['\uFFFDt\uFFFD', 'it is a folder, and its name is not UTF-8 text; rename it'],
    ])
    expect(await failure(findPictures([join(folder, 'photos')]))).toEqual([
      `Can't use ${join(folder, 'photos/\uFFFDt\uFFFD')}: it is a folder, and its name is not UTF-8 text; rename it.`,
      'Mend it, or name the other folders.',
      'preflight',
    ])
    expect(await failure(findPictures(['caf\uFFFD.png']))).toEqual([
      'There is no caf\uFFFD.png.',
      'Its name is not UTF-8 text: rename it.',
      'preflight',
    ])
  })

  test('a folder in it that may not be read is named; lost+found of the system is passed over', async () => {
    for (const name of ['a.png', 'secret/b.png', 'lost+found/c.png', 'd/lost+found/e.png'])
      await put(`photos/${name}`, 'x')
    for (const name of ['secret', 'lost+found', 'd/lost+found']) chmodSync(join(folder, 'photos', name), 0)
    const denied = "it is a folder that can't be read: permission denied (EACCES)"
    expect(await asPerson(list)).toEqual([
      ['a.png', 'ok'],
      ['d/lost+found', denied],
      ['secret', denied],
    ])
    expect(await asPerson(() => failure(findPictures([join(folder, 'photos')])))).toEqual([
      `Can't use ${join(folder, 'photos/d/lost+found')}: ${denied}.`,
      'Mend it, or name the other folders.',
      'preflight',
    ])
  })

  test('one that may not be read itself ends the plan', async () => {
    await put('photos/a.png', 'x')
    chmodSync(join(folder, 'photos'), 0)
    expect(await asPerson(() => failure(list()))).toEqual([
      `Can't read the folder ${join(folder, 'photos')}: permission denied (EACCES).`,
      'Give yourself permission to read it. Or move it away.',
      'preflight',
    ])
  })
})

describe('a folder of Parquet files', () => {
  const find = async () => {
    const { files, others } = await findParquetFiles(join(folder, 'data'), [], new AbortController().signal)
    return [files.map(({ path }) => path), others]
  }

  test('links to files and folders are followed, as the cache of the Hub has them', async () => {
    await put('blobs/0123', 'x')
    await put('elsewhere/b.parquet', 'x')
    mkdirSync(join(folder, 'data/sub'), { recursive: true })
    symlinkSync('../../blobs/0123', join(folder, 'data/sub/a.parquet'))
    symlinkSync('../elsewhere', join(folder, 'data/linked'))
    symlinkSync('..', join(folder, 'data/sub/round'))
    await put('data/README.md', 'x')
    await put('data/.cache/c.parquet', 'x')
    expect(await find()).toEqual([['linked/b.parquet', 'sub/a.parquet'], { '.md': 1 }])
  })

  test('a table that is not there any more, or has no name, ends the plan', async () => {
    await put('data/a.parquet', 'x')
    symlinkSync('../blobs/gone', join(folder, 'data/b.parquet'))
    const hint = 'Fetch it again, mend it, or move it away.'
    expect(await failure(find())).toEqual([
      `Can't use ${join(folder, 'data/b.parquet')}: it is a link to nothing.`,
      hint,
      'preflight',
    ])
    renameSync(join(folder, 'data/b.parquet'), latin1('data/é.parquet'))
    expect(await failure(find())).toEqual([
      `Can't use ${join(folder, 'data/\uFFFD.parquet')}: its name is not UTF-8 text; rename it.`,
      hint,
      'preflight',
    ])
  })

  test('so does a folder in it that may not be read', async () => {
    await put('data/a.parquet', 'x')
    await put('data/more/b.parquet', 'x')
    chmodSync(join(folder, 'data/more'), 0)
    expect(await asPerson(() => failure(find()))).toEqual([
      `Can't use ${join(folder, 'data/more')}: it is a folder that can't be read: permission denied (EACCES).`,
      'Fetch it again, mend it, or move it away.',
      'preflight',
    ])
  })
})
