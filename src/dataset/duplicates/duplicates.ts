/** Which pictures repeat which. */
import { findAlike, isLikeness } from './likeness-pairs.ts'

export interface DuplicateItem {
  readonly sha256: string
  /** See `likeness.ts`. What is none, '' too, is like no other. */
  readonly likeness: string
  /** Width times height: of pictures that look alike the largest stands for the others. */
  readonly pixels: number
}

export interface DuplicatePlan {
  /** For each item, the one that it repeats, which is left; null for those that are left. */
  readonly repeats: readonly (number | null)[]
  /** For each item, the first item of those that belong together: itself where it stands alone. */
  readonly groups: readonly number[]
}

export type DuplicateRule = 'near' | 'exact' | 'keep'

/**
 * Of equal pictures the first is left; of those that look alike the largest, then the first. Groups know no rule: they hold
 * all that is equal or looks alike, also through a third, so that the split can keep it together.
 */
export function planDuplicates(items: readonly DuplicateItem[], rule: DuplicateRule): DuplicatePlan {
  const sets = new Sets(items.length)
  const equal = planEqual(items)
  equal.forEach((original, index) => sets.join(original ?? index, index))
  const alike = planAlike(items, equal, sets)
  const groups = items.map((_, index) => sets.first(index))
  if (rule === 'keep') return { repeats: items.map(() => null), groups }
  if (rule === 'exact') return { repeats: equal, groups }
  const repeats = equal.map((original, index) =>
    original === null ? alike[index]! : (alike[original] ?? original),
  )
  return { repeats, groups }
}

/** For each item, the first with the same content. */
function planEqual(items: readonly DuplicateItem[]): (number | null)[] {
  const first = new Map<string, number>()
  return items.map(({ sha256 }, index) => {
    const original = first.get(sha256)
    if (original === undefined) first.set(sha256, index)
    return original ?? null
  })
}

/** So many that a picture looks like are remembered, the largest first. One of them is left, but in the oddest of sets. */
const NEIGHBOURS = 8

/**
 * For each first of its content, the one that looks alike and is left. Of those with the very same likeness only the largest is
 * compared: what it is like, the others are like too.
 */
function planAlike(
  items: readonly DuplicateItem[],
  equal: readonly (number | null)[],
  sets: Sets,
): (number | null)[] {
  const ranked = items
    .map((_, item) => item)
    .filter((item) => equal[item] === null && isLikeness(items[item]!.likeness))
    .sort((a, b) => items[b]!.pixels - items[a]!.pixels || a - b)
  const [compared, copies] = splitCopies(ranked, items)
  const neighbours = new Map<number, number[]>()
  const find = (first: number, second: number): void => {
    sets.join(compared[first]!, compared[second]!)
    insert(neighbours.get(second) ?? [], first, (list) => neighbours.set(second, list))
  }
  const likenesses = compared.map((item) => items[item]!.likeness)
  findAlike(likenesses, find)
  const repeats: (number | null)[] = items.map(() => null)
  for (const rank of [...neighbours.keys()].sort((a, b) => a - b)) {
    const left = neighbours.get(rank)!.find((other) => repeats[compared[other]!] === null)
    if (left !== undefined) repeats[compared[rank]!] = compared[left]!
  }
  for (const [item, first] of copies) {
    sets.join(first, item)
    repeats[item] = repeats[first] ?? first
  }
  return repeats
}

/** The first items of each likeness, in their order, and the others with the first of theirs. */
function splitCopies(
  ranked: readonly number[],
  items: readonly DuplicateItem[],
): [first: number[], copies: Map<number, number>] {
  const firsts = new Map<string, number>()
  const copies = new Map<number, number>()
  for (const item of ranked) {
    const { likeness } = items[item]!
    const first = firsts.get(likeness)
    if (first === undefined) firsts.set(likeness, item)
    else copies.set(item, first)
  }
  return [[...firsts.values()], copies]
}

function insert(list: number[], value: number, save: (list: number[]) => void): void {
  if (list.includes(value)) return
  list.push(value)
  list.sort((a, b) => a - b)
  if (list.length > NEIGHBOURS) list.pop()
  if (list.length === 1) save(list)
}

/** Items that belong together, by the first of them. */
class Sets {
  readonly #parents: Int32Array

  constructor(size: number) {
    this.#parents = Int32Array.from({ length: size }, (_, index) => index)
  }

  first(index: number): number {
    let at = index
    while (this.#parents[at] !== at) {
      this.#parents[at] = this.#parents[this.#parents[at]!]!
      at = this.#parents[at]!
    }
    return at
  }

  join(a: number, b: number): void {
    const [x, y] = [this.first(a), this.first(b)]
    this.#parents[Math.max(x, y)] = Math.min(x, y)
  }
}
