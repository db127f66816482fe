import type { TrainerEvent } from '../../../../src/trainer/log/trainer-events.ts'
import type { Check } from '../../../../src/trainer/watch/checks/check.ts'

export const step = (at: number, { loss = 0.1, lr = 1e-5 }: { loss?: number | null; lr?: number } = {}) =>
  ({ type: 'train-step', step: at, total: 100, loss, lr, seconds: null }) as const satisfies TrainerEvent

export const saved = (at: number): TrainerEvent => ({ type: 'checkpoint-saved', step: at })
export const phase = (name: Extract<TrainerEvent, { type: 'phase' }>['phase']): TrainerEvent => ({
  type: 'phase',
  phase: name,
})

/** Everything that a check says of some events: `code: message`, one each. */
export function findings(check: Check, events: readonly TrainerEvent[]): string[] {
  return events
    .flatMap((event) => check.see(event))
    .map((one) =>
      one.type === 'warning'
        ? `${one.code}: ${one.message}`
        : `${one.error.code} ends it: ${one.error.message}`,
    )
}
