/** Marks rows of duplicate pictures as rejected, and rows of near-duplicate groups with their group. */
import type { Annotation } from '../annotations/annotation.ts'
import { planDuplicates, type DuplicateItem, type DuplicatePlan, type DuplicateRule } from './duplicates.ts'
import type { SourcePicture } from '../source-picture.ts'
import type { Reject } from '../annotations/rejects.ts'
import type { Finding } from '../annotations/rows.ts'
import { rejectPicture } from '../annotations/rows.ts'

/**
 * Add every picture first, then call `apply` for each. Pictures that are rejected for another reason are ignored. Memory: a few
 * hundred bytes for each picture.
 */
export class DuplicateFilter {
  readonly #rule: DuplicateRule
  readonly #added: Added[] = []
  #plan: Plan | null = null

  constructor(rule: DuplicateRule) {
    this.#rule = rule
  }

  /** `place` is the picture's position in the list of pictures; the first of equal pictures is kept. */
  add(place: number, picture: SourcePicture, finding: Finding, rows: readonly Annotation[]): void {
    if ('error' in finding || rows[0]!.rejected !== null) return
    const { likeness, width, height } = finding
    const { source } = picture
    // Keeps the string that is in memory anyway, if both are equal.
    const sha256 = picture.sha256 === finding.sha256 ? picture.sha256 : finding.sha256
    this.#added.push({ place, source, sha256, likeness, pixels: width * height })
  }

  apply(place: number, picture: SourcePicture, rows: readonly Annotation[]): readonly Annotation[] {
    this.#plan ??= planAdded(this.#added, this.#rule)
    const { items, indexes, repeats, groups, isMixed } = this.#plan
    const item = indexes.get(place)
    if (item === undefined || rows[0]!.rejected !== null) return rows
    const original = repeats[item]!
    const first = groups[item]!
    // A group of identical pictures needs no id: their sha256 is the same.
    const group = isMixed[first] === 1 ? { group: items[first]!.sha256 } : {}
    if (original !== null) {
      const rejected = describeRepeat(items[item]!, items[original]!)
      const { sha256, size } = rows[0]!
      return [{ ...rejectPicture(picture, rejected), sha256, size, ...group }]
    }
    return rows.map((row) => ({ ...row, ...group }))
  }
}

interface Added extends DuplicateItem {
  readonly place: number
  readonly source: string
}

interface Plan extends DuplicatePlan {
  /** Sorted by `place`. */
  readonly items: readonly Added[]
  /** `place` → index in `items`. */
  readonly indexes: ReadonlyMap<number, number>
  /** By index of a group's first item: 1 when the group holds different pictures. */
  readonly isMixed: Uint8Array
}

function planAdded(added: readonly Added[], rule: DuplicateRule): Plan {
  const items = [...added].sort((a, b) => a.place - b.place)
  const plan = planDuplicates(items, rule)
  const isMixed = new Uint8Array(items.length)
  plan.groups.forEach((group, item) => {
    if (items[item]!.sha256 !== items[group]!.sha256) isMixed[group] = 1
  })
  return { ...plan, items, indexes: new Map(items.map(({ place }, index) => [place, index])), isMixed }
}

function describeRepeat(item: Added, original: Added): Reject {
  return item.sha256 === original.sha256
    ? { code: 'duplicate', message: `the same picture as ${original.source}` }
    : { code: 'near-duplicate', message: `almost the same picture as ${original.source}` }
}
