/** Steps, out of the refreshes of a progress bar. */
import type { TrainerEvent } from './trainer-events.ts'

export interface StepTracker {
  /** Takes one refresh of the bar `Steps: …` and gives the step that it completes, if any. */
  push(bar: string): TrainerEvent[]
  /**
   * The trainer saves after this step. It draws the step's own postfix behind the save: what the bar shows at this number
   * until then is the old one, and the save may be the last that the log has.
   */
  saving(step: number): TrainerEvent[]
  /** How many micro-batches make a step; 1 until it is told. */
  accumulate(steps: number): void
  end(): TrainerEvent[]
}

interface Refresh {
  readonly step: number
  readonly total: number | null
  /** `loss=0.123, lr=1e-5`; empty before the first. */
  readonly postfix: string
}

/**
 * Tells steps apart in the refreshes of tqdm's bar. The bar is drawn once for every micro-batch, and once more, with the
 * old postfix, when a step took longer than tqdm's interval. So what closes step k is the first new postfix at number k.
 * When the first one equals the old, it may be that or a new loss that looks the same (losses have three digits): then
 * the number of refreshes at k tells. Only at the end of an epoch, where micro-batches are fewer, it may not.
 */
export function trackSteps(): StepTracker {
  let total = 0
  let accumulation = 1
  let last: Refresh | null = null
  /** The refreshes at a number whose closing one is not known yet; the first of them may show the old postfix. */
  let open: Refresh[] = []
  /** Whether this bar is known to show old postfixes. */
  let repeats = false
  /** Whether the next refresh at this number is the first with its own postfix. */
  let saved = false

  const close = (refresh: Refresh | undefined): TrainerEvent[] => {
    open = []
    return refresh === undefined || refresh.postfix === '' ? [] : [stepEvent(refresh, total)]
  }
  const closeByCount = () => close(repeats ? (open[1] ?? open[0]) : open[0])
  return {
    push(bar) {
      const refresh = parseBar(bar)
      if (refresh === null) return []
      total = refresh.total ?? total
      const before = last
      last = refresh
      if (before === null) return []
      if (refresh.step > before.step) {
        saved = false
        const events = closeByCount()
        open = [refresh]
        return refresh.postfix === before.postfix ? events : [...events, ...close(refresh)]
      }
      if (saved) {
        saved = false
        return close(refresh)
      }
      if (open.length === 0) return []
      open.push(refresh)
      if (open.length <= accumulation) return []
      repeats = true
      return close(open[1])
    },
    saving(step) {
      if (last?.step !== step) return closeByCount()
      saved = open.length > 0
      open = []
      return []
    },
    accumulate: (steps) => (accumulation = steps),
    end: () => close(open[1] ?? open[0]),
  }
}

/** `Steps:  33%|███▎ | 2/6 [00:00<00:00, 5.94it/s, loss=1.01, lr=5e-6]`, or `Steps: 13it [00:00, 5.49it/s, …]`. */
function parseBar(bar: string): Refresh | null {
  const match = /^Steps: (?:.*\| *(\d+)\/(\d+)| *(\d+)it) \[([^\]]*)\]/.exec(bar)
  if (match === null) return null
  const [, step, total, bare, inside = ''] = match
  return {
    step: Number(step ?? bare),
    total: total === undefined ? null : Number(total),
    postfix: /loss=.*$/.exec(inside)?.[0] ?? '',
  }
}

function stepEvent(refresh: Refresh, total: number): TrainerEvent {
  const [, loss, lr] = /^loss=([^,]+), lr=(.+)$/.exec(refresh.postfix) ?? []
  return {
    type: 'train-step',
    step: refresh.step,
    total,
    loss: parseNumber(loss),
    lr: parseNumber(lr) ?? 0,
    seconds: null,
  }
}

/** Python writes `nan`, `inf` and `-inf`: no numbers for us. */
function parseNumber(text: string | undefined): number | null {
  const value = Number(text)
  return text === undefined || text.trim() === '' || !Number.isFinite(value) ? null : value
}
