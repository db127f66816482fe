/** What a training takes of its cards, in the plan's print-out. */
import type { MemoryPlan, Plan } from '../types.ts'
import { formatGigabytes } from '../words.ts'
import { flow } from './plan-sections.ts'
import type { Look } from './style.ts'
import { cleanText, displayWidth, justify, type Line } from './text.ts'

/** A line for each card, and the parts of the need once: all cards need the same. */
export function memoryLines({ memory, stages }: Plan, room: number): Line[] {
  const [first] = memory
  if (first === undefined || !stages.some(({ name }) => name === 'train-controlnet')) return []
  const parts = first.components.map(({ name, bytes }) => `${name} ${(bytes / 1e9).toFixed(1)}`)
  return [...memory.flatMap((card) => cardLines(card, room)), ...flow(parts, room)]
}

function cardLines(card: MemoryPlan, room: number): Line[] {
  const needed = formatGigabytes(card.needed_bytes)
  const free = card.free_bytes === null ? '' : ` of ${formatGigabytes(card.free_bytes, Math.floor)} free`
  const { text, look } = verdict(card)
  const right = `${text} · ${card.basis}`
  const left = `${needed}${free} on ${cleanText(card.gpu)}`
  const painted: Line = [look === null ? right : [look, right]]
  return displayWidth(`${left}   ${right}`) > room ? [[left], painted] : [justify([left], painted, room)]
}

function verdict({ free_bytes, needed_bytes, margin_bytes, fits }: MemoryPlan): {
  text: string
  look: Look | null
} {
  if (free_bytes === null || fits === null) return { text: 'free memory unknown', look: 'warn' }
  const spare = free_bytes - needed_bytes
  if (fits) return { text: `fits, ${formatGigabytes(spare, Math.floor)} spare`, look: null }
  if (spare < 0) return { text: `does not fit, ${formatGigabytes(-spare, Math.ceil)} too much`, look: 'bad' }
  return { text: `tight: less than ${formatGigabytes(margin_bytes)} spare`, look: 'warn' }
}
