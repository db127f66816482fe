import type { Event, EventBody } from '../../../src/events.ts'
import { reduceRun, startRun, type Outline, type RunState } from '../../../src/ui/run-state.ts'

export const START = new Date(2026, 10, 22, 10, 15).getTime()

export const outline: Outline = {
  kitVersion: '0.1.0',
  command: 'train',
  name: 'face-landmarks',
  target: 'runs/20261122-101500-face-landmarks-a1b2c3/',
  stages: [
    { name: 'annotate-images', title: 'annotate images' },
    { name: 'write-dataset', title: 'write dataset' },
    { name: 'train-controlnet', title: 'train ControlNet' },
    { name: 'verify-model', title: 'verify model' },
  ],
  training: { checkpoints: { every: 72 }, previews: { every: 36 } },
}

/** Events with the seconds after the start at which they came. */
export type Story = readonly (readonly [seconds: number, body: EventBody])[]

function stamp(story: Story): Event[] {
  return story.map(([seconds, body], seq) => ({
    v: 1,
    time: new Date(START + seconds * 1000).toISOString(),
    seq,
    ...body,
  }))
}

export function play(story: Story): RunState {
  return stamp(story).reduce(reduceRun, startRun(outline))
}

export const annotating: Story = [
  [0, { type: 'stage-started', stage: 'annotate-images' }],
  ...[0, 172, 344, 516, 688].map((done, index) => {
    const note = `${done} kept  19 rejected`
    const detail = '12 no face, 6 too small, 1 duplicate'
    const total = 1204
    return [
      index * 4,
      { type: 'progress', stage: 'annotate-images', done, total, unit: 'pictures', note, detail },
    ] as const
  }),
]

export const annotated: Story = [
  ...annotating,
  [
    29,
    {
      type: 'stage-finished',
      stage: 'annotate-images',
      reason: '1,163 faces; 41 rejected: 22 no face, 11 too small, 6 duplicates, 2 unreadable',
      seconds: 29,
    },
  ],
  [30, { type: 'stage-skipped', stage: 'write-dataset', reason: 'unchanged since 10:12' }],
  [30, { type: 'stage-started', stage: 'train-controlnet' }],
]

/** 69 of 216 steps, 9.1 s each. */
export const training: Story = [
  ...annotated,
  ...Array.from({ length: 69 }, (_, index) => {
    const step = index + 1
    return [
      30 + step * 9.1,
      { type: 'train-step', step, total: 216, loss: 0.16 - step * 0.001, lr: 1e-5 },
    ] as const
  }),
]
