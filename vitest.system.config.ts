import { readFileSync } from 'node:fs'
import { defineConfig } from 'vitest/config'

const MOUNTS = ['test/system/full-disk.test.ts', 'test/system/quota.test.ts']
const MOUNTS_BTRFS = ['test/system/quota.test.ts']

/** Tests that can't run here are left out, and one line says so. */
function listLeftOut(): string[] {
  if (process.getuid?.() !== 0) return tell('they mount a file system, which needs root', MOUNTS)
  if (!readFileSync('/proc/filesystems', 'utf8').includes('btrfs'))
    return tell('this kernel has no btrfs', MOUNTS_BTRFS)
  return []
}

function tell(why: string, files: string[]): string[] {
  console.log(`Not run, since ${why}: ${files.join(', ')}`)
  return files
}

/** Tests that need more than Node and Python: `npm run test:system`. */
export default defineConfig({
  test: {
    include: ['test/system/**/*.test.ts'],
    exclude: listLeftOut(),
    globalSetup: ['scripts/build-if-changed.mjs'],
    testTimeout: 60_000,
    hookTimeout: 180_000,
    maxWorkers: 1,
  },
})
