import { createSeededRandom } from '../generated-faces/seeded-random.ts'

/**
 * A new place for each of `count` things, none its own: a random cycle through all of them (Sattolo's method). A single thing has no
 * other place: null.
 */
export function planDerangement(count: number, seed: number): readonly number[] | null {
  if (count < 2) return null
  const random = createSeededRandom(seed, count)
  const places = Array.from({ length: count }, (_, index) => index)
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(random.unit() * last)
    ;[places[last], places[other]] = [places[other]!, places[last]!]
  }
  return places
}
