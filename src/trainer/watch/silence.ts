import { median } from '../../median.ts'
import type { TrainerEvent } from '../log/trainer-events.ts'
import { PATIENCE, USUAL_STEPS, WARNING_SHARE, type Patience, type WatchPhase } from './patience.ts'

export interface Silence {
  /** `warn`: longer than usual; `end`: hopeless. Each comes once in one silence. */
  readonly news: 'warn' | 'end'
  readonly silentMs: number
  readonly patience: Patience
}

interface SilenceOptions {
  /** `watch.stall_timeout`; null: never end a run. */
  readonly stallMs: number | null
  /** How often `tick` is called. */
  readonly tickMs: number
}

/** With no end to wait for, warnings come as with the default. */
const DEFAULT_STALL_MS = 30 * 60_000

/** Steps that the usual duration is taken from. */
const KEPT = 50

/** Notices when a training says nothing any more. The time comes from outside, in milliseconds. */
export class SilenceWatch {
  readonly #options: SilenceOptions
  #phase: WatchPhase = 'start'
  #silentMs = 0
  #tickedAt: number
  #steppedAt: number | null = null
  readonly #stepMs: number[] = []
  #told: Silence['news'] | null = null

  constructor(options: SilenceOptions, now: number) {
    this.#options = options
    this.#tickedAt = now
  }

  /** Something was printed that is no event. */
  output(isBar: boolean): void {
    if (isBar || PATIENCE[this.#phase].isAnyOutputLife) this.#live()
  }

  event(event: TrainerEvent, now: number): void {
    if (event.type === 'phase') this.#phase = event.phase === 'training' ? this.#training() : event.phase
    if (event.type === 'train-step') this.#step(now)
    this.#live()
  }

  /**
   * Called again and again. Counts time between two calls at most as twice the usual: while the machine slept, or this program
   * was stopped, nobody was silent.
   */
  tick(now: number): Silence | null {
    this.#silentMs += Math.min(Math.max(0, now - this.#tickedAt), 2 * this.#options.tickMs)
    this.#tickedAt = now
    const { warnMs, endMs } = this.#limits()
    const ended = this.#options.stallMs !== null && this.#silentMs >= endMs
    if (ended && this.#told !== 'end') return this.#tell('end')
    return this.#told === null && this.#silentMs >= warnMs ? this.#tell('warn') : null
  }

  #tell(news: Silence['news']): Silence {
    this.#told = news
    return { news, silentMs: this.#silentMs, patience: PATIENCE[this.#phase] }
  }

  #live(): void {
    this.#silentMs = 0
    if (this.#told === 'warn') this.#told = null
  }

  #training(): WatchPhase {
    return this.#stepMs.length === 0 && this.#steppedAt === null ? 'first-step' : 'steps'
  }

  #step(now: number): void {
    // Saving and previews are no part of a step.
    if (this.#steppedAt !== null && this.#phase === 'steps') this.#stepMs.push(now - this.#steppedAt)
    if (this.#stepMs.length > KEPT) this.#stepMs.shift()
    this.#steppedAt = now
    this.#phase = 'steps'
  }

  #limits(): { warnMs: number; endMs: number } {
    const wholeMs = (this.#options.stallMs ?? DEFAULT_STALL_MS) * PATIENCE[this.#phase].times
    const usual = this.#phase === 'steps' ? (median(this.#stepMs) ?? 0) : 0
    return {
      warnMs: Math.max(wholeMs * WARNING_SHARE, USUAL_STEPS * usual),
      endMs: Math.max(wholeMs, 2 * USUAL_STEPS * usual),
    }
  }
}
