import { expect, test } from 'vitest'
import { isRetried, waitMs } from '../../../src/tools/network/retry.ts'

const now = new Date('2026-01-01T00:00:00Z')

test.each<[retry: number, headers: Record<string, string> | null, ms: number]>([
  [0, null, 1000],
  [1, {}, 2000],
  [2, {}, 4000],
  [3, {}, 8000],
  [9, {}, 8000],
  [0, { ratelimit: '"api";r=0;t=55' }, 56_000],
  [0, { ratelimit: '"resolvers"; r=0; t=3', 'retry-after': '90' }, 4000],
  [1, { ratelimit: '"api";r=12;t=55' }, 2000],
  [0, { 'retry-after': '7' }, 7000],
  [0, { 'retry-after': 'Thu, 01 Jan 2026 00:00:30 GMT' }, 30_000],
  [0, { 'retry-after': 'Wed, 31 Dec 2025 00:00:00 GMT' }, 0],
  [0, { 'retry-after': 'soon' }, 1000],
  [0, { 'retry-after': '86400' }, 310_000],
])('retry %i after %j waits %i ms', (retry, headers, ms) => {
  expect(waitMs(retry, headers === null ? null : new Headers(headers), now)).toBe(ms)
})

test.each([
  [408, true],
  [429, true],
  [500, true],
  [503, true],
  [401, false],
  [404, false],
  [416, false],
])('%i is asked again: %s', (status, again) => expect(isRetried(status)).toBe(again))
