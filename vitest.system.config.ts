import { defineConfig } from 'vitest/config'

const NEEDS_ROOT = ['test/system/full-disk.test.ts']
const isRoot = process.getuid?.() === 0
if (!isRoot)
  console.log(`Not run, since they mount a file system, which needs root: ${NEEDS_ROOT.join(', ')}`)

/** Tests that need more than Node and Python: `npm run test:system`. */
export default defineConfig({
  test: {
    include: ['test/system/**/*.test.ts'],
    exclude: isRoot ? [] : NEEDS_ROOT,
    globalSetup: ['scripts/build-if-changed.mjs'],
    testTimeout: 60_000,
    hookTimeout: 180_000,
    maxWorkers: 1,
  },
})
