import { formatRejectCounts, type Reject, type RejectCounts } from '../../dataset/annotations/rejects.ts'
import { formatCount } from '../../words.ts'
import type { ProgressDetail } from '../progress.ts'

/** Pictures kept, and rejected by reason, while they are worked on. */
export class LiveCounts {
  #kept = 0
  #known = 0
  readonly #rejected: RejectCounts = {}

  get done(): number {
    return this.#kept + this.#rejectedCount
  }

  /** `rejected`: null when the picture is kept. */
  add(rejected: Pick<Reject, 'code'> | null): void {
    if (rejected === null) this.#kept++
    else this.#rejected[rejected.code] = (this.#rejected[rejected.code] ?? 0) + 1
  }

  /** What was counted up to now took no work. */
  markKnown(): void {
    this.#known = this.done
  }

  readonly describe = (): ProgressDetail => {
    const rejected = this.#rejectedCount
    return {
      note: `${formatCount(this.#kept)} kept  ${formatCount(rejected)} rejected`,
      ...(rejected > 0 && { detail: formatRejectCounts(this.#rejected) }),
      known: this.#known,
      counts: { kept: this.#kept, rejected: { ...this.#rejected } },
    }
  }

  get #rejectedCount(): number {
    return Object.values(this.#rejected).reduce((sum, count) => sum + count, 0)
  }
}
