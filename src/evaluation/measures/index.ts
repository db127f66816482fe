/** All ways to measure how closely a model follows its condition. Which one a condition takes, its own module says. */
import { edgeAgreement } from './edge-agreement.ts'
import type { Measure } from './measure.ts'
import { nme } from './nme.ts'
import { paletteDistance } from './palette-distance.ts'

export type { Measure, Reading } from './measure.ts'

const MEASURES: readonly Measure[] = [nme, edgeAgreement, paletteDistance]

/** Null for `none`: nothing can be measured. */
export function measureOf(name: Measure['name'] | 'none'): Measure | null {
  return MEASURES.find((measure) => measure.name === name) ?? null
}
