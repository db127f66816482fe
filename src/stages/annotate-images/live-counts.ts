import { formatRejectCounts, type Reject, type RejectCounts } from '../../dataset/annotations/rejects.ts'
import { formatCount } from '../../words.ts'
import type { ProgressDetail } from '../progress.ts'

/** Counts kept and rejected pictures while the stage runs. */
export class LiveCounts {
  #kept = 0
  #known = 0
  readonly #rejected: RejectCounts = {}

  get done(): number {
    return this.#kept + this.#rejectedCount
  }

  /** `rejected` is null when the picture is kept. */
  add(rejected: Pick<Reject, 'code'> | null): void {
    if (rejected === null) this.#kept++
    else this.#rejected[rejected.code] = (this.#rejected[rejected.code] ?? 0) + 1
  }

  /** Everything counted so far was known from an earlier run, and is left out of the rate. */
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
