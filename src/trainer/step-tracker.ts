import type { TrainerEvent } from './trainer-events.ts'

export interface StepTracker {
  /** Takes one refresh of the bar `Steps: …` and gives the step that it completes, if any. */
  push(bar: string): TrainerEvent[]
  end(): TrainerEvent[]
}

interface Refresh {
  readonly step: number
  readonly total: number | null
  /** `loss=0.123, lr=1e-5`; empty before the first. */
  readonly postfix: string
}

/**
 * Tells steps apart in the refreshes of tqdm's bar. The bar is drawn once for every micro-batch, and once more with the
 * postfix of the step before when a step took longer than the interval. So what closes step k is the first new postfix
 * at number k; if none comes, it was the same again.
 */
export function trackSteps(): StepTracker {
  let last: Refresh | null = null
  /** A number whose postfix may still be that of the step before. */
  let open: Refresh | null = null
  let total = 0

  const close = (): TrainerEvent[] => {
    const refresh = open
    open = null
    return refresh === null || refresh.postfix === '' ? [] : [stepEvent(refresh, total)]
  }
  return {
    push(bar) {
      const refresh = parseBar(bar)
      if (refresh === null) return []
      total = refresh.total ?? total
      const events: TrainerEvent[] = []
      const isNew = last !== null && refresh.step > last.step
      if (isNew) {
        events.push(...close())
        open = refresh
      }
      const isFresh = last !== null && refresh.postfix !== last.postfix
      last = refresh
      if (open !== null && isFresh) {
        open = refresh
        events.push(...close())
      }
      return events
    },
    end: close,
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
