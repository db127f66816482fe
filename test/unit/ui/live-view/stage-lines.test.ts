import { describe, expect, test } from 'vitest'
import { frameWidth, renderHeader, renderStage } from '../../../../src/ui/live-view/stage-lines.ts'
import { createPaint } from '../../../../src/ui/style.ts'
import { displayWidth, paintLine } from '../../../../src/ui/text.ts'
import { annotated, annotating, play, START, training, type Story } from '../story.ts'

interface Look {
  readonly columns: number
  readonly seconds: number
  readonly color?: boolean
}

function draw(story: Story, { columns, seconds, color = false }: Look): string {
  const state = play(story)
  const options = { columns, nowMs: START + seconds * 1000 }
  const paint = createPaint(color)
  const header = renderHeader(state, columns).map((line) => paintLine(line, paint))
  const stages = state.stages.flatMap((stage) => renderStage(state, stage, options))
  return [...header, ...stages.map((line) => paintLine(line, paint, frameWidth(columns)))].join('\n')
}

describe('annotating', () => {
  test('100 columns', () => {
    expect(draw(annotating, { columns: 100, seconds: 16 })).toMatchInlineSnapshot(`
      "face-landmarks → runs/20261122-101500-face-landmarks-a1b2c3/                Ctrl-C stops, resumable

      ⠇ annotate images    ▕██████▊     ▏ 57 %   688 kept  19 rejected   43 pictures/s   12 s left
                           12 no face, 6 too small, 1 duplicate
        write dataset
        train ControlNet
        verify model"
    `)
  })
  test('80 columns', () => {
    expect(draw(annotating, { columns: 80, seconds: 16 })).toMatchInlineSnapshot(`
      "face-landmarks → runs/20261122-101500-face-landmarks-a1b2c3/

      ⠇ annotate images    ▕████▌   ▏ 57 %   688 kept  19 rejected   43/s   12 s left
                           12 no face, 6 too small, 1 duplicate
        write dataset
        train ControlNet
        verify model"
    `)
  })
  test('60 columns', () => {
    expect(draw(annotating, { columns: 60, seconds: 16 })).toMatchInlineSnapshot(`
      "face-landmarks → runs/20261122-101500-face-landmarks-a1b2c3/

      ⠇ annotate images    57 %   43 pictures/s   12 s left
                           688 kept  19 rejected
                           12 no face, 6 too small, 1 duplicate
        write dataset
        train ControlNet
        verify model"
    `)
  })
})

test('at 40 columns the counts stand below, cut at a comma', () => {
  expect(draw(annotating, { columns: 40, seconds: 16 })).toMatchInlineSnapshot(`
    "face-landmarks → runs/20261122-101500-face-landmarks-a1b2c3/

    ⠇ annotate images    57 %   12 s left
        688 kept  19 rejected
        12 no face, 6 too small, …
      write dataset
      train ControlNet
      verify model"
  `)
})

/** 9,000 of 10,000 pictures were known before; the others take half a second each. */
const resumed: Story = [
  [0, { type: 'stage-started', stage: 'annotate-images' }],
  ...[0, 2, 4, 6, 8].map((worked, index) => {
    const counts = { done: 9000 + worked, total: 10_000, unit: 'pictures', known: 9000 } as const
    return [index, { type: 'progress', stage: 'annotate-images', ...counts }] as const
  }),
]

test('what was known before does not make the rest look quick', () => {
  expect(draw(resumed, { columns: 100, seconds: 4 })).toContain(
    '90 %   9,008/10,000 pictures   2.0/s   8 min 16 s left (10:23)',
  )
})

test('nothing is known of the pace before the first picture', () => {
  const line = draw(resumed.slice(0, 2), { columns: 100, seconds: 30 }).split('\n')[2]
  expect(line).toContain('90 %   9,000/10,000 pictures')
  expect(line).not.toMatch(/left|NaN|Infinity|-/)
})

test('nothing to do at all', () => {
  const story: Story = [
    [0, { type: 'stage-started', stage: 'annotate-images' }],
    [0, { type: 'progress', stage: 'annotate-images', done: 0, total: 0, unit: 'pictures' }],
  ]
  expect(draw(story, { columns: 100, seconds: 1 })).toContain('100 %   0/0 pictures')
})

test.each([21, 30, 40, 50, 60, 70, 80, 90, 100, 200])('no line is wider than %i columns', (columns) => {
  for (const line of draw(annotating, { columns, seconds: 16 }).split('\n').slice(2)) {
    expect(displayWidth(line)).toBeLessThan(columns)
  }
})

describe('training', () => {
  test('100 columns', () => {
    expect(draw(training, { columns: 100, seconds: 658 })).toMatchInlineSnapshot(`
      "face-landmarks → runs/20261122-101500-face-landmarks-a1b2c3/                Ctrl-C stops, resumable

      ✔ annotate images    1,163 faces; 41 rejected: 22 no face, 11 too small, 6 duplicates, 2
                           unreadable                                                                29 s
      ✔ write dataset      unchanged since 10:12
      ⠼ train ControlNet   ▕███▊        ▏ step 69/216   loss 0.101 ↘   9.1 s/step   22 min left (10:48)
                           next: previews and checkpoint at 72
        verify model"
    `)
  })
  test('80 columns', () => {
    expect(draw(training, { columns: 80, seconds: 658 })).toMatchInlineSnapshot(`
      "face-landmarks → runs/20261122-101500-face-landmarks-a1b2c3/

      ✔ annotate images    1,163 faces; 41 rejected: 22 no face, 11 too small, 6
                           duplicates, 2 unreadable                              29 s
      ✔ write dataset      unchanged since 10:12
      ⠼ train ControlNet   ▕██▌     ▏ step 69/216   loss 0.101 ↘   22 min left
                           next: previews and checkpoint at 72
        verify model"
    `)
  })
  test('60 columns', () => {
    expect(draw(training, { columns: 60, seconds: 658 })).toMatchInlineSnapshot(`
      "face-landmarks → runs/20261122-101500-face-landmarks-a1b2c3/

      ✔ annotate images    1,163 faces; 41 rejected: 22 no face,
                           11 too small, 6 duplicates, 2
                           unreadable                        29 s
      ✔ write dataset      unchanged since 10:12
      ⠼ train ControlNet   step 69/216   22 min left
                           next: previews and checkpoint at 72
        verify model"
    `)
  })
  test('the same with colour', () => {
    const plain = draw(training, { columns: 100, seconds: 658 })
    const painted = draw(training, { columns: 100, seconds: 658, color: true })
    // eslint-disable-next-line no-control-regex
    expect(painted.replace(/\u001b\[\d+m/g, '').replace(/ +$/gm, '')).toBe(plain)
    expect(painted).toContain('\u001b[32m✔\u001b[39m annotate images    1,163 faces')
    expect(painted).toContain('\u001b[2mnext: previews and checkpoint at 72\u001b[22m')
    expect(painted).toContain('\u001b[1mface-landmarks\u001b[22m')
  })
})

test('before the first step', () => {
  expect(draw(annotated, { columns: 80, seconds: 43 })).toMatchInlineSnapshot(`
    "face-landmarks → runs/20261122-101500-face-landmarks-a1b2c3/

    ✔ annotate images    1,163 faces; 41 rejected: 22 no face, 11 too small, 6
                         duplicates, 2 unreadable                              29 s
    ✔ write dataset      unchanged since 10:12
    ⠼ train ControlNet   13 s
      verify model"
  `)
})

test('the first checkpoint, and what comes next', () => {
  const story: Story = [
    ...training,
    [700, { type: 'train-step', step: 73, total: 216, loss: 0.1, lr: 1e-5 }],
    [701, { type: 'checkpoint-saved', step: 72, path: 'checkpoint-72' }],
  ]
  expect(draw(story, { columns: 80, seconds: 702 })).toMatchInlineSnapshot(`
    "face-landmarks → runs/20261122-101500-face-landmarks-a1b2c3/

    ✔ annotate images    1,163 faces; 41 rejected: 22 no face, 11 too small, 6
                         duplicates, 2 unreadable                              29 s
    ✔ write dataset      unchanged since 10:12
    ⠦ train ControlNet   ▕██▋     ▏ step 73/216   loss 0.100 ↘   22 min left
                         step 72 saved   next: previews at 108, checkpoint at 144
      verify model"
  `)
})

test('GPU, held-out loss, checkpoint and what comes next; with little room the least important go', () => {
  const story: Story = [
    ...training,
    [660, { type: 'metric', name: 'validation_loss', value: 0.105 }],
    [700, { type: 'train-step', step: 73, total: 216, loss: 0.1, lr: 1e-5 }],
    [701, { type: 'checkpoint-saved', step: 72, path: 'checkpoint-72' }],
    [702, { type: 'metric', name: 'validation_loss', value: 0.1 }],
  ]
  const gpus = [{ index: 0, busyPercent: 97, usedBytes: 13.6e9, celsius: 71 }]
  const detail = (columns: number) => {
    const state = play(story)
    const known = { ...state, outline: { ...state.outline, gpus } }
    const lines = renderStage(known, known.stages[2]!, { columns, nowMs: START + 702_000 })
    return lines.slice(1).map((line) => paintLine(line, createPaint(false), frameWidth(columns)))
  }
  const wide = ' '.repeat(21)
  expect(detail(100)).toEqual([`${wide}GPU 97 %  13.6 GB  71 °C   next: previews at 108, checkpoint at 144`])
  expect(detail(80)).toEqual([`${wide}next: previews at 108, checkpoint at 144`])
})

test('without previews: the next checkpoint', () => {
  const state = play(training)
  const outline = { ...state.outline, training: { checkpoints: { every: 72 }, previews: { every: 0 } } }
  const lines = renderStage({ ...state, outline }, state.stages[2]!, { columns: 100, nowMs: START + 658_000 })
  expect(paintLine(lines[1]!, createPaint(false)).trim()).toBe('next: checkpoint at 72')
})

test('a failed run marks the stage, and where it was', () => {
  const story: Story = [
    ...training,
    [700, { type: 'result', status: 'failed', exitReason: 'training', paths: {} }],
  ]
  expect(draw(story, { columns: 80, seconds: 700 })).toMatchInlineSnapshot(`
    "face-landmarks → runs/20261122-101500-face-landmarks-a1b2c3/

    ✔ annotate images    1,163 faces; 41 rejected: 22 no face, 11 too small, 6
                         duplicates, 2 unreadable                              29 s
    ✔ write dataset      unchanged since 10:12
    ✖ train ControlNet   failed at 69 of 216 steps                           11 min
      verify model"
  `)
})

test('a stopped run', () => {
  const story: Story = [
    ...annotating,
    [20, { type: 'result', status: 'stopped', exitReason: 'stopped', paths: {} }],
  ]
  expect(draw(story, { columns: 80, seconds: 20 })).toMatchInlineSnapshot(`
    "face-landmarks → runs/20261122-101500-face-landmarks-a1b2c3/

    ■ annotate images    stopped at 688 of 1,204 pictures                      20 s
      write dataset
      train ControlNet
      verify model"
  `)
})

test('a download without a known size, and what the stage logs', () => {
  const story: Story = [
    [0, { type: 'stage-started', stage: 'annotate-images' }],
    [1, { type: 'progress', stage: 'annotate-images', done: 1_000_000, total: null, unit: 'bytes' }],
    [3, { type: 'progress', stage: 'annotate-images', done: 5_000_000, total: null, unit: 'bytes' }],
    [3, { type: 'log', stage: 'annotate-images', message: 'reading \u001b[2Jevil\u0007.zip' }],
  ]
  expect(draw(story, { columns: 80, seconds: 3 })).toMatchInlineSnapshot(`
    "face-landmarks → runs/20261122-101500-face-landmarks-a1b2c3/

    ⠼ annotate images    5.0 MB   2.0 MB/s
                         reading evil�.zip
      write dataset
      train ControlNet
      verify model"
  `)
})

test('a stage that the outline did not name joins at the end', () => {
  const story: Story = [
    [0, { type: 'stage-finished', stage: 'fetch-trainer', reason: 'diffusers v0.40.0', seconds: 2 }],
  ]
  expect(draw(story, { columns: 80, seconds: 3 })).toMatchInlineSnapshot(`
    "face-landmarks → runs/20261122-101500-face-landmarks-a1b2c3/

      annotate images
      write dataset
      train ControlNet
      verify model
    ✔ fetch trainer      diffusers v0.40.0                                      2 s"
  `)
})
