/**
 * Takes a few items evenly from a stream of unknown length, the first and the last included. It holds at most `2 × limit` items
 * and the last one. The same stream always gives the same items.
 */
export class SpreadSample<T> {
  readonly #limit: number
  #kept: T[] = []
  #every = 1
  #count = 0
  #last: T | undefined

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Number of items so far. */
  get count(): number {
    return this.#count
  }

  add(item: T): void {
    if (this.#count % this.#every === 0) this.#keep(item)
    this.#last = item
    this.#count++
  }

  pick(): T[] {
    const all = (this.#count - 1) % this.#every === 0 ? this.#kept : [...this.#kept, this.#last as T]
    return spreadIndices(all.length, this.#limit).map((index) => all[index]!)
  }

  #keep(item: T): void {
    this.#kept.push(item)
    if (this.#kept.length < 2 * this.#limit) return
    this.#kept = this.#kept.filter((_, index) => index % 2 === 0)
    this.#every *= 2
  }
}

/** Returns at most `limit` of the numbers below `length`, evenly spread, with the first and the last one. */
export function spreadIndices(length: number, limit: number): number[] {
  const count = Math.min(length, limit)
  if (count < 2) return count === 1 ? [0] : []
  return Array.from({ length: count }, (_, index) => Math.round((index * (length - 1)) / (count - 1)))
}
