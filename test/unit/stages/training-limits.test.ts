import { describe, expect, it } from 'vitest'
import { TrainingLimits } from '../../../src/stages/train-controlnet/training-limits.ts'

const GB = 1e9
const SECOND = 1000

interface Given {
  readonly deadlineSeconds?: number
  readonly freeBytes?: number
  readonly removedBytes?: number
  readonly every?: number
  readonly startStep?: number
}

const limitsOf = ({ deadlineSeconds = Infinity, freeBytes = Infinity, ...given }: Given) =>
  new TrainingLimits({
    training: { total_steps: 100, checkpoints: { every: given.every ?? 30, count: 3 } },
    startStep: given.startStep ?? 0,
    deadlineMs: deadlineSeconds * SECOND,
    freeBytes: () => freeBytes,
    removedBytes: () => given.removedBytes ?? 0,
  })

/** One step a second, saved at once; returns the step after which it stopped by itself. */
function train(limits: TrainingLimits, { every = 30, startStep = 0 }: Given): number {
  for (let step = startStep + 1; step <= 100; step++) {
    limits.step(step, step * SECOND)
    if (step % every === 0) limits.saved(step, 4 * GB, step * SECOND)
    if (limits.stop !== null || limits.problem !== null) return step
  }
  return 100
}

describe('the time', () => {
  it.each([
    ['without a limit', Infinity, 100],
    ['enough for all', 200, 100],
    // Checkpoints come at 30, 60 and 90, the end at 100; ending takes 15 s.
    ['enough for all but the last steps', 112, 90],
    ['enough for two checkpoints', 90, 60],
    ['enough for one', 60, 30],
  ])('%s', (_, deadlineSeconds, end) => {
    const limits = limitsOf({ deadlineSeconds })
    expect([train(limits, {}), limits.problem]).toEqual([end, null])
  })

  it('says why it stops', () => {
    const limits = limitsOf({ deadlineSeconds: 60 })
    train(limits, {})
    expect(limits.stop).toBe(
      'The time is nearly over: stopping after checkpoint 30, since the next one would come too late.',
    )
  })

  it('ends early where not even the first checkpoint would be reached', () => {
    const limits = limitsOf({ deadlineSeconds: 40 })
    expect(train(limits, {})).toBe(20)
    expect(limits.problem).toMatchObject({
      code: 'max-time',
      reason: 'training',
      message:
        'The time is too short: the next checkpoint, step 30, would come in 1 min, and 1 min are left. Stopped at step 20, since nothing would be saved.',
    })
  })
})

describe('the disk', () => {
  it.each([
    ['room for the next', { freeBytes: 4 * GB }, 100],
    ['no room: it stops before the save', { freeBytes: 3 * GB }, 58],
    ['no room, but the trainer removes an old one first', { freeBytes: 0, removedBytes: 4 * GB }, 100],
    ['no room, and each step is saved', { freeBytes: 3 * GB, every: 1 }, 1],
  ])('%s', (_, given, end) => {
    const limits = limitsOf(given)
    expect(train(limits, given)).toBe(end)
  })

  it('says what it needs', () => {
    const limits = limitsOf({ freeBytes: 3 * GB })
    train(limits, {})
    expect(limits.stop).toBe(
      'The disk has 3.0 GB left, and the next checkpoint needs 4.0 GB: stopping before it. Free some space, then go on.',
    )
  })
})
