import { planDevice } from '../../environment/device.ts'
import type { EventBody } from '../../events.ts'
import { followGpuUsage } from '../../tools/gpus/gpu-usage.ts'
import type { Facts, GpuUsage, Plan } from '../../types.ts'

interface TrainingGpus {
  /** Takes the run's events: from the start of the training on, the GPUs are asked. */
  see(event: EventBody): void
  close(): void
}

/** Tells how busy the GPUs are on which the plan trains; says nothing where it trains on the CPU. */
export function followTrainingGpus(
  { plan, facts }: { readonly plan: Pick<Plan, 'config'>; readonly facts: Facts },
  tell: (gpus: readonly GpuUsage[]) => void,
): TrainingGpus {
  const indexes = planDevice(plan.config, facts).gpus.map(({ index }) => index)
  const ended = new AbortController()
  let asks = false
  return {
    see(event) {
      if (asks || indexes.length === 0) return
      if (event.type !== 'stage-started' || event.stage !== 'train-controlnet') return
      asks = true
      void followGpuUsage((gpus) => tell(gpus.filter(({ index }) => indexes.includes(index))), {
        signal: ended.signal,
      })
    },
    close: () => ended.abort(),
  }
}
