/** How the learning rate changes over the steps, as diffusers' schedulers do it (`diffusers/optimization.py`). */
import type { Config } from '../../../types.ts'

type Schedule = Pick<
  Config['train'],
  'learning_rate' | 'lr_scheduler' | 'lr_warmup_steps' | 'lr_num_cycles' | 'lr_power'
>

/** Learning rate after optimiser step `step`, as the trainer prints it behind that step. */
export function learningRateAt(train: Schedule, step: number, total: number): number {
  const { learning_rate: rate, lr_warmup_steps: warmup } = train
  if (step < warmup) return (rate * step) / warmup
  const progress = (step - warmup) / Math.max(1, total - warmup)
  return rate * DECAYS[train.lr_scheduler](Math.min(1, progress), train)
}

/** Share of the full rate, by the share of the steps after the warm-up that are done. */
const DECAYS: Readonly<
  Record<Config['train']['lr_scheduler'], (progress: number, train: Schedule) => number>
> = {
  constant: () => 1,
  constant_with_warmup: () => 1,
  linear: (progress) => 1 - progress,
  cosine: (progress) => wave(progress),
  cosine_with_restarts: (progress, { lr_num_cycles }) =>
    progress >= 1 ? 0 : wave((lr_num_cycles * progress) % 1),
  polynomial: (progress, { lr_power, learning_rate }) => {
    const last = POLYNOMIAL_END / learning_rate
    return (1 - last) * (1 - progress) ** lr_power + last
  },
}

/** The learning rate at which `polynomial` ends. */
const POLYNOMIAL_END = 1e-7

const wave = (progress: number): number => 0.5 * (1 + Math.cos(Math.PI * progress))
