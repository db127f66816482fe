/** Spans of time as people write them: `30m`, `5h50m`, `90s`. Every folder may import this file. */

/** For the config and for flags. */
export const DURATION_PATTERN = /^(?=\d)(\d+h)?(\d+m)?(\d+s)?$/

const UNIT_MS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000 }

/** In milliseconds; NaN where the text is no duration. */
export function parseDuration(text: string): number {
  if (!DURATION_PATTERN.test(text)) return Number.NaN
  const parts = [...text.matchAll(/(\d+)([hms])/g)]
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * UNIT_MS[unit!]!, 0)
}
