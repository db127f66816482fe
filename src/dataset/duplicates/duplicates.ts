/** Finds out which pictures repeat which. */
import { findAlike, isLikeness } from './likeness-pairs.ts'

export interface DuplicateItem {
  readonly sha256: string
  /** Perceptual hash, see `likeness.ts`. Anything else, such as '', is like no other picture. */
  readonly likeness: string
  /** Width × height. Of near-duplicates, the largest picture is kept. */
  readonly pixels: number
}

export interface DuplicatePlan {
  /** For each item, the item that it repeats and that is kept; null for kept items. */
  readonly repeats: readonly (number | null)[]
  /** For each item, the first item of its group: the item itself when it is alone. */
  readonly groups: readonly number[]
}

export type DuplicateRule = 'near' | 'exact' | 'keep'

/**
 * Of identical pictures the first is kept; of near-duplicates the largest, and the first among equally large ones. Groups don't
 * depend on the rule: they connect all pictures that are identical or alike, also through a third one, so that the split keeps
 * them together.
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

/** For each item, the first item with the same content; null for that first item. */
function planEqual(items: readonly DuplicateItem[]): (number | null)[] {
  const first = new Map<string, number>()
  return items.map(({ sha256 }, index) => {
    const original = first.get(sha256)
    if (original === undefined) first.set(sha256, index)
    return original ?? null
  })
}

/**
 * For each picture, this many similar ones are remembered, the largest first. One of them is kept in all but very unusual sets.
 */
const NEIGHBOURS = 8

/**
 * For each unique picture, returns the similar picture that is kept. Of pictures with equal perceptual hashes only the largest
 * is compared, since the others are similar to the same pictures.
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

/** Returns the first item of each perceptual hash, in order, and a map from the other items to the first of their hash. */
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

/** Union-find over items; the first item represents its set. */
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
