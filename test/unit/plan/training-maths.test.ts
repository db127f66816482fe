import { expect, it } from 'vitest'
import { planContext } from '../../../src/plan/build-plan.ts'
import { planTraining } from '../../../src/plan/training-maths.ts'
import { bareFacts, config } from './facts.ts'

it.each([
  // rows, batch, accumulation, epochs → steps an epoch, total, cadence
  [1147, 4, 4, 3, 72, 216, 72],
  [100_000, 4, 1, 1, 25_000, 25_000, 5_000],
  [10, 4, 1, 1, 3, 3, 1],
  [5, 1, 4, 2, 2, 4, 2],
])('%i rows, %i × %i, %i epochs', (rows, batch, accumulation, epochs, perEpoch, total, every) => {
  const train = {
    train_batch_size: batch,
    gradient_accumulation_steps: accumulation,
    num_train_epochs: epochs,
  }
  const of = config({ train })
  const maths = planTraining(of, planContext(of, bareFacts).training.settings, {
    train: rows,
    validation: 16,
  })
  expect([maths.steps_per_epoch, maths.total_steps, maths.checkpoints.every]).toEqual([
    perEpoch,
    total,
    every,
  ])
  expect(maths.checkpoints.count).toBe(Math.floor(total / every))
  expect(maths.previews.count).toBe(Math.floor(total / every) + 1)
})
