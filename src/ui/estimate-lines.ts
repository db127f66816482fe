/** Time and disk of a plan, as its print-out shows them. Pure. */
import type { Plan, TimeRange } from '../types.ts'
import { formatBytes } from '../words.ts'
import { formatDuration } from './format.ts'
import { cleanText, displayWidth, padText, type Line } from './text.ts'

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

/** Longer trainings are worth a look at what a rented card would cost. */
const WORTH_A_LOOK_S = 600
const SHOWN = 2

/** The cheapest card, and the quickest one that fits. */
export function costLines({ cost, time }: Plan, room: number): Line[] {
  const rows = cost?.rows.filter(({ fits }) => fits) ?? []
  if (cost === null || rows.length === 0 || (time !== null && time.expected_s < WORTH_A_LOOK_S)) return []
  const quickest = [...rows].sort((a, b) => a.hours - b.hours)[0]!
  const shown = [...new Set([rows[0]!, quickest])].slice(0, SHOWN)
  const words = shown.map(
    ({ gpu, total, hours }) =>
      `one ${gpu} would be ${formatMoney(total, cost.currency)} (${formatEstimate(hours * 3600)})`,
  )
  return flowParts(
    ['nothing here', `rented, ${words.join(', ')}`, `${cost.source}, ${cost.as_of}; --compare shows all`],
    room,
  )
}

/** Every card that has a price; the cheapest that fits is marked. */
export function costTable({ cost }: Plan): Line[] {
  if (cost === null) return []
  const best = cost.rows.find(({ fits }) => fits)
  const rows = cost.rows.map((row) => [
    row === best ? '→' : '',
    row.gpu,
    row.fits ? row.preset : 'does not fit',
    row.fits ? formatEstimate(row.hours * 3600) : '',
    `${formatMoney(row.price_per_hour, cost.currency)}/h`,
    row.fits ? formatMoney(row.total, cost.currency) : '',
  ])
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => displayWidth(row[column]!))))
  const lines = rows.map((row) => [
    row
      .map((cell, column) => padText(cell, widths[column]!))
      .join('  ')
      .trimEnd(),
  ])
  return [...lines, [['dim', `prices: ${cost.source}, ${cost.as_of}`]]]
}

function formatMoney(amount: number, currency: string): string {
  return new Intl.NumberFormat('en-US', { style: 'currency', currency }).format(amount)
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
