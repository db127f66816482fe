/** Applies what is known of duplicates to the rows of pictures. */
import type { Annotation } from './annotation.ts'
import { planDuplicates, type DuplicateItem, type DuplicatePlan, type DuplicateRule } from './duplicates.ts'
import type { Picture } from './pictures.ts'
import type { Finding } from './rows.ts'
import { rejectPicture } from './rows.ts'

/**
 * Add every picture in order, then ask for each in turn. What is rejected for another reason stands for no other picture, so
 * it is neither counted nor compared. Holds a few hundred bytes a picture.
 */
export class DuplicateJudge {
  readonly #rule: DuplicateRule
  readonly #items: DuplicateItem[] = []
  /** By place in the list of pictures. */
  readonly #places = new Map<number, number>()
  readonly #sources: string[] = []
  #plan: DuplicatePlan | null = null
  #groupSizes: ReadonlyMap<number, number> = new Map()

  constructor(rule: DuplicateRule) {
    this.#rule = rule
  }

  add(place: number, picture: Picture, finding: Finding, rows: readonly Annotation[]): void {
    if ('error' in finding || rows[0]!.rejected !== null) return
    const { sha256, likeness, width, height } = finding
    this.#places.set(place, this.#items.length)
    this.#items.push({ sha256, likeness, pixels: width * height })
    this.#sources.push(picture.source)
  }

  judge(place: number, picture: Picture, rows: readonly Annotation[]): readonly Annotation[] {
    const item = this.#places.get(place)
    if (item === undefined || rows[0]!.rejected !== null) return rows
    const plan = this.#getPlan()
    const original = plan.repeats[item]!
    if (original !== null) {
      const rejected = this.#describe(item, original)
      return [{ ...rejectPicture(picture, rejected), sha256: rows[0]!.sha256, size: rows[0]!.size }]
    }
    const group = plan.groups[item]!
    if ((this.#groupSizes.get(group) ?? 0) < 2) return rows
    return rows.map((row) => ({ ...row, group: this.#items[group]!.sha256 }))
  }

  #describe(item: number, original: number) {
    const equal = this.#items[item]!.sha256 === this.#items[original]!.sha256
    const source = this.#sources[original]!
    return equal
      ? { code: 'duplicate' as const, message: `the same picture as ${source}` }
      : { code: 'near-duplicate' as const, message: `almost the same picture as ${source}` }
  }

  #getPlan(): DuplicatePlan {
    if (this.#plan !== null) return this.#plan
    this.#plan = planDuplicates(this.#items, this.#rule)
    const { repeats, groups } = this.#plan
    const sizes = new Map<number, number>()
    groups.forEach((group, item) => {
      if (repeats[item] === null) sizes.set(group, (sizes.get(group) ?? 0) + 1)
    })
    this.#groupSizes = sizes
    return this.#plan
  }
}
