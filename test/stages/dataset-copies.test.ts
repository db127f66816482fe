import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { claimDatasetCopy } from '../../src/tools/files/dataset-copies.ts'

test('one copy for each dataset: an older one goes, those of others stay', async () => {
  const cache = await mkdtemp(join(tmpdir(), 'cnk-copies-'))
  await mkdir(join(cache, 'unknown'))
  await claimDatasetCopy(join(cache, 'f1'), '/mine')
  await claimDatasetCopy(join(cache, 'f2'), '/other')
  await writeFile(join(cache, 'f1', 'data.arrow'), 'x')
  await claimDatasetCopy(join(cache, 'f3'), '/mine')
  expect((await readdir(cache)).sort()).toEqual(['f2', 'f3', 'unknown'])
  await writeFile(join(cache, 'f3', 'data.arrow'), 'x')
  await claimDatasetCopy(join(cache, 'f3'), '/mine')
  expect((await readdir(join(cache, 'f3'))).sort()).toEqual(['controlnet-kit.json', 'data.arrow'])
  await rm(cache, { recursive: true })
})
