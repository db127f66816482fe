import { kitCommand } from '../../../next-step.ts'
import type { TrainingMaths } from '../../../types.ts'
import type { TrainerFact } from '../../log/trainer-events.ts'
import type { Check, Finding } from './check.ts'
import { planMismatch } from './plan-mismatch.ts'

/** The trainer's own facts must be the plan's. */
export function checkFacts({ rows, settings, effective_batch, total_steps }: TrainingMaths): Check {
  const planned: Readonly<Record<TrainerFact, number | string>> = {
    device: settings.device,
    precision: settings.mixed_precision,
    rows,
    processes: settings.num_processes,
    accumulation: settings.gradient_accumulation_steps,
    effective_batch,
    total_steps,
  }
  return {
    see(event) {
      if (event.type !== 'fact' || event.value === planned[event.name]) return []
      return [mismatch(event.name, planned[event.name], event.value)]
    },
  }
}

const FACT_WORDS: Readonly<Record<TrainerFact, string>> = {
  device: 'the device',
  precision: 'the precision',
  rows: 'the rows of the dataset',
  processes: 'the processes',
  accumulation: 'the gradient accumulation steps',
  effective_batch: 'the effective batch',
  total_steps: 'the total steps',
}

const VALUE_WORDS: Readonly<Record<string, string>> = { cpu: 'the CPU', cuda: 'the GPU', no: 'fp32' }

function mismatch(name: TrainerFact, planned: number | string, found: number | string): Finding {
  const say = (value: number | string): string => VALUE_WORDS[value] ?? String(value)
  const lost = name === 'device' && planned === 'cuda'
  return planMismatch({
    what: FACT_WORDS[name],
    expected: say(planned),
    found: say(found),
    ...(lost && {
      hint: `torch finds no GPU that it can use. See whether nvidia-smi lists it, then: ${kitCommand('plan')}`,
    }),
  })
}
