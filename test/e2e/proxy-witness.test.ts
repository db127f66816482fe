/** The kit goes through the same proxies as the Hub's own client: this is asked. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { PROXY_CASES } from '../unit/tools/proxy-cases.ts'
import { venvPython } from './venv.ts'

test('every case of the table', { timeout: 60_000 }, async () => {
  const asked = promisify(execFile)(venvPython(), [join(import.meta.dirname, 'python/find_proxies.py')])
  asked.child.stdin!.end(JSON.stringify(PROXY_CASES.map(([environment, address]) => [environment, address])))
  const found = JSON.parse((await asked).stdout) as unknown[]
  const cases = PROXY_CASES.map(([environment, address], index) => ({
    environment,
    address,
    proxy: found[index],
  }))
  expect(cases).toEqual(
    PROXY_CASES.map(([environment, address, expected]) => ({
      environment,
      address,
      proxy: expected?.[0] ?? null,
    })),
  )
})
