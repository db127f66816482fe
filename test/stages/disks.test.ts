import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { observeDisk } from '../../src/tools/files/writable-folders.ts'

test('folders of one file system are told from those of another, there or not', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cnk-disks-'))
  const here = await observeDisk(folder)
  expect(here.freeBytes).toBeGreaterThan(1e6)
  expect((await observeDisk(join(folder, 'not/yet'))).device).toBe(here.device)
  expect((await observeDisk('/proc')).device).not.toBe(here.device)
  await rm(folder, { recursive: true })
})
