import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import {
  chooseMode,
  createReporter,
  outlinePlan,
  type ReporterMode,
} from '../../../src/ui/create-reporter.ts'
import { told } from '../told.ts'
import { examplePlan } from './example-plan.ts'
import { annotated, outline, START, training, type Story } from './story.ts'

/** A reporter whose clock is the story's, and what it wrote. */
async function record(mode: ReporterMode, columns = 80) {
  const stdout = Object.assign(new PassThrough(), { columns })
  const stderr = Object.assign(new PassThrough(), { columns })
  let timeMs = START
  const reporter = await createReporter({
    mode,
    stdout,
    stderr,
    color: false,
    now: () => timeMs,
    complete: (text) => told(text),
  })
  const play = (story: Story): void => {
    for (const [seconds, body] of story) {
      timeMs = START + seconds * 1000
      reporter.report(body)
    }
  }
  const text = (stream: PassThrough): string => (stream.read() as Buffer | null)?.toString() ?? ''
  return { reporter, play, stdout, stderr, out: () => text(stdout), err: () => text(stderr) }
}

const done: Story = [[2000, { type: 'result', status: 'done', exitReason: 'done', paths: { run: 'runs/x' } }]]

describe('json', () => {
  test('one object a line: hello first, result last, numbered and timed', async () => {
    const { reporter, play, out, err } = await record('json')
    const hello = reporter.begin(outline)
    play([...training, ...done, [2001, { type: 'log', stage: null, message: 'too late' }]])
    await reporter.close()
    const lines = out().trimEnd().split('\n')
    const events = lines.map((line): Record<string, unknown> => JSON.parse(line))
    expect(events[0]).toEqual({
      v: 1,
      time: new Date(START).toISOString(),
      seq: 0,
      type: 'hello',
      kit_version: '0.1.0',
      command: 'train',
      name: 'face-landmarks',
    })
    expect(hello).toEqual(events[0])
    expect(events.at(-1)).toMatchObject({ type: 'result', status: 'done', paths: { run: 'runs/x' } })
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index))
    expect(events.every(({ v }) => v === 1)).toBe(true)
    expect(events).toHaveLength(1 + training.length + done.length)
    expect(err()).toBe('')
  })

  test('a reader that goes away does not end the run', async () => {
    const { reporter, play, stdout } = await record('json')
    reporter.begin(outline)
    stdout.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
    play(training)
    await expect(reporter.close()).resolves.toBeUndefined()
  })
})

test('quiet says nothing', async () => {
  const { reporter, play, out, err } = await record('quiet')
  reporter.begin(outline)
  play([...training, ...done])
  await reporter.close()
  expect(out() + err()).toBe('')
})

describe('lines', () => {
  test('a run, on stderr', async () => {
    const { reporter, play, out, err } = await record('lines')
    reporter.begin(outline)
    play([
      ...training,
      [700, { type: 'checkpoint-saved', step: 69, path: 'checkpoint-69' }],
      [701, { type: 'sample', step: 69, path: 'samples/step-69-0.png' }],
      [
        702,
        { type: 'warning', code: 'loss-nan', message: 'The loss is odd.\nLook at \u001b[2Jevil\u0007.png.' },
      ],
      [703, { type: 'log', stage: 'train-controlnet', message: 'saving' }],
      [
        704,
        { type: 'stage-finished', stage: 'train-controlnet', reason: '69 steps, loss 0.081', seconds: 674 },
      ],
      ...done,
    ])
    await reporter.close()
    expect(err()).toMatchInlineSnapshot(`
      "10:15:00 controlnet-kit 0.1.0 train face-landmarks
      10:15:00 annotate-images  started
      10:15:04 annotate-images  14 %  172 kept  19 rejected (12 no face, 6 too small, 1 duplicate)  43 pictures/s  24 s left
      10:15:08 annotate-images  28 %  344 kept  19 rejected (12 no face, 6 too small, 1 duplicate)  43 pictures/s  20 s left
      10:15:12 annotate-images  42 %  516 kept  19 rejected (12 no face, 6 too small, 1 duplicate)  43 pictures/s  16 s left
      10:15:16 annotate-images  57 %  688 kept  19 rejected (12 no face, 6 too small, 1 duplicate)  43 pictures/s  12 s left
      10:15:29 annotate-images  1,163 faces; 41 rejected: 22 no face, 11 too small, 6 duplicates, 2 unreadable (29 s)
      10:15:30 write-dataset  unchanged since 10:12
      10:15:30 train-controlnet  started
      10:16:33 train-controlnet  step 7/216 (3 %)  loss 0.156 →  9.1 s/step  32 min left
      10:17:37 train-controlnet  step 14/216 (6 %)  loss 0.152 ↘  9.1 s/step  31 min left
      10:18:41 train-controlnet  step 21/216 (9 %)  loss 0.148 ↘  9.1 s/step  30 min left
      10:18:50 train-controlnet  step 22/216 (10 %)  loss 0.148 ↘  9.1 s/step  29 min left
      10:19:53 train-controlnet  step 29/216 (13 %)  loss 0.141 ↘  9.1 s/step  28 min left
      10:20:57 train-controlnet  step 36/216 (16 %)  loss 0.134 ↘  9.1 s/step  27 min left
      10:22:01 train-controlnet  step 43/216 (19 %)  loss 0.127 ↘  9.1 s/step  26 min left
      10:22:10 train-controlnet  step 44/216 (20 %)  loss 0.126 ↘  9.1 s/step  26 min left
      10:23:14 train-controlnet  step 51/216 (23 %)  loss 0.119 ↘  9.1 s/step  25 min left
      10:24:17 train-controlnet  step 58/216 (26 %)  loss 0.112 ↘  9.1 s/step  24 min left
      10:25:21 train-controlnet  step 65/216 (30 %)  loss 0.105 ↘  9.1 s/step  23 min left
      10:26:40 train-controlnet  checkpoint-69 saved
      10:26:41 train-controlnet  preview at step 69: samples/step-69-0.png
      10:26:42 warning: The loss is odd.
      10:26:42   Look at evil�.png.
      10:26:43 train-controlnet  saving
      10:26:44 train-controlnet  69 steps, loss 0.081 (11 min)
      "
    `)
    expect(out()).toBe('')
  })

  test('a run of ten thousand quick steps stays short', async () => {
    const { reporter, play, err } = await record('lines')
    reporter.begin(outline)
    const step = (index: number) =>
      ({ type: 'train-step', step: index, total: 10_000, loss: 0.1, lr: 1e-5 }) as const
    play([
      ...annotated,
      ...Array.from({ length: 10_000 }, (_, index) => [30 + index / 400, step(index + 1)] as const),
    ])
    const progress = err()
      .split('\n')
      .filter((line) => line.includes('step '))
    expect(progress.length).toBeGreaterThan(5)
    expect(progress.length).toBeLessThan(12)
  })

  test('a slow one says something every minute', async () => {
    const { reporter, play, err } = await record('lines')
    reporter.begin(outline)
    const step = (index: number) =>
      ({ type: 'train-step', step: index, total: 10_000, loss: 0.1, lr: 1e-5 }) as const
    play([
      ...annotated,
      ...Array.from({ length: 60 }, (_, index) => [40 + index * 10, step(index + 1)] as const),
    ])
    expect(
      err()
        .split('\n')
        .filter((line) => line.includes('step ')),
    ).toHaveLength(10)
  })
})

test('what a plan gives the reporter', async () => {
  expect(
    outlinePlan(examplePlan, { command: 'prepare', target: 'dataset/', stages: ['write-dataset'] }),
  ).toEqual({
    kitVersion: '0.1.0',
    command: 'prepare',
    name: 'face-landmarks',
    target: 'dataset/',
    stages: [{ name: 'write-dataset', title: 'write dataset' }],
    training: null,
  })
  expect(outlinePlan(examplePlan, { command: 'train', target: null })).toMatchObject({
    stages: { length: 6 },
    training: { checkpoints: { every: 72 } },
  })
})

test.each([
  [{ json: true, quiet: true, canRedraw: true }, 'json'],
  [{ json: false, quiet: true, canRedraw: true }, 'quiet'],
  [{ json: false, quiet: false, canRedraw: true }, 'terminal'],
  [{ json: false, quiet: false, canRedraw: false }, 'lines'],
])('%j: %s', (options, mode) => expect(chooseMode(options)).toBe(mode))
