import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/{unit,stages,cli,e2e}/**/*.test.ts'],
    globalSetup: ['scripts/build-if-changed.mjs'],
    testTimeout: 60_000,
    hookTimeout: 180_000,
    maxWorkers: 2,
    // Servers of tests are on this machine, whatever proxy its owner has.
    env: { NO_PROXY: '127.0.0.1,localhost', no_proxy: '127.0.0.1,localhost' },
  },
})
