/** A disk quota that is used up (needs root and btrfs-progs): the reason is said, with the exit code of what was done. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { run } from '../cli/cli.ts'

let folder: string
let disk: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cnk-quota-'))
  disk = join(folder, 'disk')
  const image = join(folder, 'image')
  writeFileSync(image, '')
  truncateSync(image, 300_000_000)
  mkdirSync(disk)
  execFileSync('mkfs.btrfs', ['-q', image])
  execFileSync('mount', ['-o', 'loop', image, disk])
  execFileSync('btrfs', ['quota', 'enable', disk])
}, 60_000)
afterAll(() => {
  execFileSync('umount', [disk])
  rmSync(folder, { recursive: true })
})

function makeLimited(name: string, limit: string): string {
  const place = join(disk, name)
  execFileSync('btrfs', ['subvolume', 'create', place])
  execFileSync('btrfs', ['qgroup', 'limit', limit, place])
  return place
}

function writeConfig(places: { output: string; runs: string }): void {
  const config = {
    version: 1,
    name: 'quota',
    dataset: {
      source: { generated: 12 },
      output: places.output,
      resolution: 256,
      filters: { duplicates: 'keep', cut_faces: 'keep', max_pose: 180 },
      captions: { template: 'a face' },
      validation: { count: 1 },
    },
    base_model: { generated: 'tiny' },
    environment: { torch: 'cpu' },
    train: {
      engine: 'builtin',
      preset: 'cpu',
      train_batch_size: 1,
      max_train_steps: 20,
      checkpointing_steps: 1,
    },
    evaluate: { enabled: false },
    runs: places.runs,
  }
  writeFileSync(join(folder, 'controlnet.yaml'), JSON.stringify(config))
}

test('while the dataset is made: exit code 4', { timeout: 120_000 }, async () => {
  writeConfig({ output: makeLimited('dataset', '600K'), runs: './runs' })
  const { code, stderr } = await run(['prepare'], folder)
  expect(stderr).toMatch(/✖ Can't write .*: your disk quota is used up \(EDQUOT\)\.\n→ Free some space/)
  expect(code).toBe(4)
})

test('while it trains: exit code 6', { timeout: 240_000 }, async () => {
  writeConfig({ output: './dataset', runs: makeLimited('runs', '20M') })
  const { code, stderr } = await run(['train'], folder)
  expect(stderr).toMatch(/✖ .*(disk quota is used up|disk is full)/)
  expect(stderr).not.toContain('bug')
  expect(code).toBe(6)
})
