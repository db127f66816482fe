/** Time and disk of a plan, as its print-out shows them. Pure. */
import type { Plan, TimeRange } from '../types.ts'
import { formatBytes } from '../words.ts'
import { formatDuration } from './format.ts'
import { cleanText, displayWidth, type Line } from './text.ts'

const BASES = {
  table: 'from a table',
  history: 'as fast as earlier runs here',
  probe: 'as the probe measured',
} as const

/** `about 41 min (33–58 min)`, then what it consists of, then how it is known. */
export function timeLines({ time }: Plan, room: number): Line[] {
  if (time === null || time.high_s === 0) return []
  const whole = `about ${formatEstimate(time.expected_s)} (${formatRange(time)})`
  const parts = time.parts.map(({ name, expected_s }) => `${name} ${formatEstimate(expected_s)}`)
  return flowParts([whole, parts.join(' · '), BASES[time.basis]], room)
}

/** An estimate is not worth its seconds: 41 → `41 s`, 252 → `4 min`, 6000 → `1 h 40 min`. */
function formatEstimate(seconds: number): string {
  if (seconds < 100) return `${Math.round(seconds)} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 100 ? `${minutes} min` : formatDuration(seconds)
}

function formatRange({ low_s, high_s }: TimeRange): string {
  const [low, high] = [formatEstimate(low_s), formatEstimate(high_s)]
  const unit = / \S+$/.exec(high)?.[0] ?? ''
  return low.endsWith(unit) && !low.includes('h ') && !high.includes('h ')
    ? `${low.slice(0, low.length - unit.length)}–${high}`
    : `${low} – ${high}`
}

/** `25 GB of 214 GB free`, one line a file system, with what it consists of. */
export function diskLines({ disk }: Plan, room: number): Line[] {
  return disk.flatMap((each) => {
    const where = disk.length > 1 ? ` on the disk of ${cleanText(each.path)}` : ''
    const whole = `${formatBytes(each.needed_bytes)} of ${formatBytes(each.free_bytes)} free${where}`
    const parts = each.parts.map(({ name, bytes }) => `${cleanText(name)} ${formatBytes(bytes)}`).join(' · ')
    const lines = flowParts([whole, parts], room)
    return each.fits ? lines : lines.map((line): Line => line.map((text) => ['bad', String(text)]))
  })
}

/** Phrases three blanks apart on one line, where they fit; what does not fit goes below. */
function flowParts(phrases: readonly string[], room: number): Line[] {
  const lines: string[] = []
  for (const phrase of phrases.filter((each) => each !== '')) {
    const last = lines.at(-1)
    const longer = `${last}   ${phrase}`
    if (last !== undefined && displayWidth(longer) <= room) lines[lines.length - 1] = longer
    else lines.push(...wrapPhrase(phrase, room))
  }
  return lines.map((line) => [line])
}

/** Breaks a long list of parts at its dots. */
function wrapPhrase(phrase: string, room: number): string[] {
  const lines: string[] = []
  for (const part of phrase.split(' · ')) {
    const last = lines.at(-1)
    if (last !== undefined && displayWidth(`${last} · ${part}`) <= room)
      lines[lines.length - 1] = `${last} · ${part}`
    else lines.push(part)
  }
  return lines
}
