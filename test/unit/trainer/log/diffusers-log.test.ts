import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDiffusersLog } from '../../../../src/trainer/log/diffusers-log.ts'
import { MAX_LINE } from '../../../../src/trainer/log/split-stream.ts'
import type { TrainerEvent } from '../../../../src/trainer/log/trainer-events.ts'
import { parseWhole, readLog, readScalars, recordings } from '../recorded-logs.ts'

const read = (text: string) => parseWhole(parseDiffusersLog(), [text])
const stepsOf = (events: readonly TrainerEvent[]) => events.filter((event) => event.type === 'train-step')

/** TensorBoard has a record for each micro-batch; the first one of a number closed that step. */
function closingLosses(name: string): [number, number][] {
  const closing = new Map<number, number>()
  for (const [step, loss] of readScalars(name)) {
    if (!closing.has(step)) closing.set(step, loss)
  }
  closing.delete(0)
  return [...closing]
}

describe('the steps of a recorded run', () => {
  it.each(['previews', 'default-interval', 'stale', 'two-processes'])(
    '%s: every step once, with its loss',
    (name) => {
      const expected = closingLosses(name)
      const steps = stepsOf(read(readLog(name)).events)
      expect(steps.map(({ step, loss }) => [step, loss])).toEqual(
        expected.map(([step, loss]) => [step, Number(loss.toPrecision(3))]),
      )
      expect(expected.length).toBeGreaterThan(3)
    },
  )

  it('resume: the steps after the checkpoint', () => {
    const steps = stepsOf(read(readLog('resume')).events)
    const expected = closingLosses('resume').filter(([step]) => step > 3)
    expect(steps.map(({ step, total }) => `${step}/${total}`)).toEqual([
      '4/9',
      '5/9',
      '6/9',
      '7/9',
      '8/9',
      '9/9',
    ])
    expect(steps.map(({ loss }) => loss)).toEqual(expected.map(([, loss]) => Number(loss.toPrecision(3))))
  })

  it('nan: the loss is null from step 2 on, at every step', () => {
    expect(stepsOf(read(readLog('nan')).events).map(({ step, loss, lr }) => [step, loss, lr])).toEqual([
      [1, 1.11, 1e30],
      [2, null, 1e30],
      [3, null, 1e30],
      [4, null, 1e30],
      [5, null, 1e30],
      [6, null, 1e30],
    ])
  })

  it('overshoot: no step at all', () => {
    expect(stepsOf(read(readLog('overshoot')).events)).toEqual([])
  })
})

describe('a log that ends inside a save', () => {
  const bar = (step: number, loss: string) =>
    `\rSteps:  50%|█    | ${step}/6 [00:00<00:02, 1it/s, loss=${loss}, lr=1e-5]`
  const save = (step: number) =>
    `11/22/2026 13:14:47 - INFO - accelerate.accelerator - [RANK 0] Saving current state to /o/checkpoint-${step}\n`
  const opened = '\rSteps:   0%|          | 0/6 [00:00<?, ?it/s]'

  it.each([
    [
      'the loss of the step before is not taken for its own',
      [bar(1, '1.5'), bar(2, '1.5'), save(2)],
      [[1, 1.5]],
    ],
    [
      'the step before may have looked like the one before that',
      [bar(1, '1.5'), bar(2, '1.5'), save(3)],
      [
        [1, 1.5],
        [2, 1.5],
      ],
    ],
    [
      'when it goes on, the step has its own loss, also one that looks like the old one',
      [bar(1, '1.5'), bar(2, '1.5'), save(2), bar(2, '1.5'), bar(3, '0.5')],
      [
        [1, 1.5],
        [2, 1.5],
        [3, 0.5],
      ],
    ],
    [
      'one refresh for each step',
      [bar(1, '1.5'), save(2), bar(2, '0.7'), bar(3, '0.5'), save(4)],
      [
        [1, 1.5],
        [2, 0.7],
        [3, 0.5],
      ],
    ],
  ])('%s', (_, pieces, steps) => {
    const { events } = read([opened, ...pieces].join(''))
    expect(stepsOf(events).map(({ step, loss }) => [step, loss])).toEqual(steps)
  })
})

it('long runs of any bytes are read in flat memory, and no line is lost behind them', () => {
  const log = parseDiffusersLog()
  let lines = 0
  for (let round = 0; round < 300; round++) lines += log.push('x'.repeat(100_000)).lines.length
  expect(lines).toBe(Math.floor(30_000_000 / MAX_LINE))
  const { events } = log.push('\n[RANK 1] \x1b[ANum processes: 2\n\x1b[2K\rNum processes: 2\r\n')
  expect(events).toEqual([{ type: 'fact', name: 'processes', value: 2 }])
})

describe('what else a log tells', () => {
  it('all but the steps of a run with previews, in order', () => {
    const { events } = read(readLog('previews'))
    expect(events.filter((event) => event.type !== 'train-step')).toEqual([
      { type: 'phase', phase: 'loading' },
      { type: 'fact', name: 'processes', value: 1 },
      { type: 'fact', name: 'device', value: 'cpu' },
      { type: 'fact', name: 'precision', value: 'no' },
      { type: 'phase', phase: 'dataset' },
      { type: 'phase', phase: 'training' },
      { type: 'fact', name: 'rows', value: 16 },
      { type: 'fact', name: 'effective_batch', value: 4 },
      { type: 'fact', name: 'accumulation', value: 2 },
      { type: 'fact', name: 'total_steps', value: 6 },
      { type: 'phase', phase: 'saving' },
      { type: 'checkpoint-saved', step: 3 },
      { type: 'phase', phase: 'training' },
      { type: 'phase', phase: 'previews' },
      { type: 'phase', phase: 'saving' },
      { type: 'checkpoint-saved', step: 6 },
      { type: 'phase', phase: 'training' },
      { type: 'phase', phase: 'previews' },
      { type: 'phase', phase: 'finishing' },
      { type: 'phase', phase: 'previews' },
    ])
  })

  it.each([
    ['Device: cuda:0', { name: 'device', value: 'cuda' }],
    ['Device: cpu', { name: 'device', value: 'cpu' }],
    ['Mixed precision type: bf16', { name: 'precision', value: 'bf16' }],
  ])('%s', (line, fact) => {
    expect(read(`Local process index: 0\n${line}\n\n`).events).toEqual([{ type: 'fact', ...fact }])
  })

  it('two processes are counted', () => {
    expect(read(readLog('two-processes')).events).toContainEqual({
      type: 'fact',
      name: 'processes',
      value: 2,
    })
  })

  it('the resumed step, on stdout', () => {
    expect(read(readLog('resume', 'stdout')).events).toEqual([{ type: 'resumed', step: 3 }])
  })

  it.each([
    ["Checkpoint 'latest' does not exist. Starting a new training run.\n", 'checkpoint-ignored'],
    [
      '11/22/2026 13:14:47 - INFO - accelerate.checkpointing - Could not load random states\n',
      'random-states',
    ],
    [
      '11/22/2026 13:14:47 - INFO - accelerate.checkpointing - [RANK 0] Could not load random states\n',
      'random-states',
    ],
  ])('a warning: %s', (line, code) => {
    expect(read(line).events).toMatchObject([{ type: 'warning', code }])
  })

  it.each([
    'Map: 100%|██| 3/3 [00:00<00:00, 9.0it/s, loss=1, lr=1]\r',
    'Steps to take: 3 [x, loss=1, lr=1]\n',
  ])('no step: %s', (line) => {
    expect(read(line).events).toEqual([])
  })
})

describe('the lines of a log', () => {
  it('bars are marked, what was glued to them stands alone, blanks in front stay', () => {
    const { lines } = read(
      'Steps:  10%|█   | 1/10 [00:00<00:02, 1it/s, loss=1, lr=1]  Traceback (most…\r\n  File "x"\n',
    )
    expect(lines).toEqual([
      { text: 'Steps:  10%|█   | 1/10 [00:00<00:02, 1it/s, loss=1, lr=1]', bar: true },
      { text: '  Traceback (most…', bar: false },
      { text: '  File "x"', bar: false },
    ])
  })

  it('no control sequence is left in any recording', () => {
    for (const name of recordings) {
      const { lines } = read(readLog(name))
      expect(lines.length).toBeGreaterThan(10)
      // eslint-disable-next-line no-control-regex
      expect(lines.filter(({ text }) => /[\x00-\x08\x0a-\x1f\x7f-\x9f]/.test(text))).toEqual([])
    }
  })
})

it('any way to cut the stream gives the same', () => {
  expect(recordings.length).toBeGreaterThan(10)
  const cuts = fc.array(fc.nat({ max: 60 }), { minLength: 1, maxLength: 40 })
  fc.assert(
    fc.property(fc.constantFrom(...recordings), cuts, (name, lengths) => {
      const text = readLog(name)
      expect(parseWhole(parseDiffusersLog(), cut(text, lengths))).toEqual(read(text))
    }),
    { numRuns: 60 },
  )
})

/** Pieces of the given lengths, over and over (a length of 0 is an empty piece). */
function cut(text: string, lengths: readonly number[]): string[] {
  const chunks: string[] = []
  for (let start = 0, turn = 0; start < text.length; turn++) {
    const length = turn % 1000 === 999 ? 1 : lengths[turn % lengths.length]!
    chunks.push(text.slice(start, start + length))
    start += length
  }
  return chunks
}
