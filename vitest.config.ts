import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/{unit,stages,cli,e2e}/**/*.test.ts'],
    globalSetup: ['scripts/build-if-changed.mjs'],
    testTimeout: 60_000,
    hookTimeout: 180_000,
    maxWorkers: 2,
  },
})
