/** Decides when to retry and how long to wait, like the Hub's own client. Pure. */

const RETRIED = [408, 429, 500, 502, 503, 504]
const FIRST_WAIT_MS = 1000
const LONGEST_WAIT_MS = 8000
/** A window of the Hub's rate limit lasts 5 minutes. */
const LONGEST_ANNOUNCED_MS = 310_000

export const MAX_RETRIES = 5

export function isRetried(status: number): boolean {
  return RETRIED.includes(status)
}

/** `retry` counts from 0. */
export function waitMs(retry: number, headers: Pick<Headers, 'get'> | null, now: Date): number {
  return (headers && announcedMs(headers, now)) ?? Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** retry)
}

/** `RateLimit: "api";r=0;t=55` states the seconds until the next window; `Retry-After` states seconds or a date. */
function announcedMs(headers: Pick<Headers, 'get'>, now: Date): number | null {
  const limit = /\br\s*=\s*(\d+)\s*;\s*t\s*=\s*(\d+)/.exec(headers.get('ratelimit') ?? '')
  if (limit !== null && limit[1] === '0') return clamp((Number(limit[2]) + 1) * 1000)
  const after = headers.get('retry-after')
  if (after === null) return null
  const ms = /^\d+$/.test(after.trim()) ? Number(after) * 1000 : Date.parse(after) - now.getTime()
  return Number.isNaN(ms) ? null : clamp(ms)
}

function clamp(ms: number): number {
  return Math.min(LONGEST_ANNOUNCED_MS, Math.max(0, ms))
}
