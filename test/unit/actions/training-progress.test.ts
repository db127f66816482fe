import { expect, test } from 'vitest'
import {
  followProgress,
  startProgress,
  type TrainingProgress,
} from '../../../src/actions/runs/training-progress.ts'
import type { EventBody } from '../../../src/events.ts'
import { formatStopping } from '../../../src/ui/stopping.ts'

const started: EventBody = { type: 'stage-started', stage: 'train-controlnet' }
const step = (done: number): EventBody => ({ type: 'train-step', step: done, total: 40, loss: 0.1, lr: 1e-5 })
const saved = (done: number): EventBody => ({ type: 'checkpoint-saved', step: done, path: `c-${done}` })

const follow = (from: TrainingProgress, ...events: EventBody[]): TrainingProgress =>
  events.reduce(followProgress, from)

test.each<[string, number | null, EventBody[], string]>([
  [
    'before the first checkpoint',
    null,
    [started, step(1), step(2)],
    'There is no whole checkpoint yet: 2 steps are lost.',
  ],
  [
    'a checkpoint that is told before its step',
    null,
    [started, step(11), saved(12)],
    'The last whole checkpoint is step 12; nothing is lost.',
  ],
  [
    'steps after it',
    null,
    [started, step(12), saved(12), step(13)],
    'The last whole checkpoint is step 12; 1 step after it is lost.',
  ],
  ['a run that goes on', 12, [started], 'The last whole checkpoint is step 12; nothing is lost.'],
  [
    'a run that went on',
    12,
    [started, step(13), step(14)],
    'The last whole checkpoint is step 12; 2 steps after it are lost.',
  ],
])('%s', (_, checkpoint, events, text) => {
  const progress = follow(startProgress(checkpoint), ...events)
  expect(progress.training).toBe(true)
  expect(formatStopping(progress)).toBe(`Stopping. ${text} (Ctrl-C again: at once)`)
})

test('other stages lose nothing', () => {
  const progress = follow(startProgress(null), { type: 'stage-started', stage: 'write-dataset' })
  expect(progress.training).toBe(false)
})
