/** Reproducible random numbers: the same seed gives the same sequence on every machine. */
export interface SeededRandom {
  /** Returns a number with 0 <= value < 1. */
  unit(): number
  /** Returns a number with from <= value < to, uniformly distributed. */
  between(from: number, to: number): number
  /** Returns a number with -extent < value < extent; values near 0 are more likely. */
  around(extent: number): number
  chance(probability: number): boolean
  pick<T>(values: readonly T[]): T
}

export function createSeededRandom(...seeds: readonly number[]): SeededRandom {
  let state = seeds.reduce((hash, seed) => mix(hash ^ mix(seed)), 0x9e3779b9)
  const unit = (): number => {
    state = (state + 0x6d2b79f5) | 0
    return (mix(state) >>> 0) / 4294967296
  }
  return {
    unit,
    between: (from, to) => from + (to - from) * unit(),
    around: (extent) => extent * (unit() + unit() - 1),
    chance: (probability) => unit() < probability,
    pick: (values) => values[Math.floor(unit() * values.length)]!,
  }
}

/** Mixes 32 bits (two rounds of xor-shift and multiply). */
export function mix(value: number): number {
  let bits = value | 0
  bits = Math.imul(bits ^ (bits >>> 16), 0x45d9f3b)
  bits = Math.imul(bits ^ (bits >>> 16), 0x45d9f3b)
  return bits ^ (bits >>> 16)
}
