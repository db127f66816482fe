import { describe, expect, it } from 'vitest'
import type { TrainerEvent } from '../../../../src/trainer/log/trainer-events.ts'
import { checkCheckpoints } from '../../../../src/trainer/watch/checks/checkpoints-check.ts'
import { checkFacts } from '../../../../src/trainer/watch/checks/facts-check.ts'
import { checkLoss } from '../../../../src/trainer/watch/checks/loss-check.ts'
import { lossError, lossHint } from '../../../../src/trainer/watch/checks/loss-error.ts'
import { checkSteps } from '../../../../src/trainer/watch/checks/steps-check.ts'
import { TrainingWatch } from '../../../../src/trainer/watch/training-watch.ts'
import type { TrainingMaths } from '../../../../src/types.ts'
import { config } from '../../plan/facts.ts'
import { told } from '../../told.ts'
import { findings, phase, saved, step } from './events.ts'

const training = {
  rows: 16,
  settings: { device: 'cuda', mixed_precision: 'bf16', num_processes: 1, gradient_accumulation_steps: 2 },
  effective_batch: 4,
  total_steps: 8,
  checkpoints: { every: 4, count: 2 },
} as TrainingMaths

const PLANNED = 'plan-mismatch ends it: The trainer does not do what was planned:'

describe('the trainer’s own facts', () => {
  it.each([
    ['rows', 16, []],
    ['rows', 15, ['expected 16 for the rows of the dataset, found 15.']],
    ['processes', 2, ['expected 1 for the processes, found 2.']],
    ['total_steps', 9, ['expected 8 for the total steps, found 9.']],
    ['device', 'cuda', []],
    ['device', 'cpu', ['expected the GPU for the device, found the CPU.']],
    ['precision', 'bf16', []],
    ['precision', 'no', ['expected bf16 for the precision, found fp32.']],
  ] as const)('%s: %s', (name, value, found) => {
    const said = findings(checkFacts(training), [{ type: 'fact', name, value }])
    expect(said).toEqual(found.map((words) => `${PLANNED} ${words}`))
  })

  it('a GPU that torch does not find is looked for with nvidia-smi', () => {
    const watch = new TrainingWatch({ config: config(), training, start: 0 })
    watch.see({ type: 'fact', name: 'device', value: 'cpu' })
    expect({ code: watch.problem?.code, hint: told(watch.problem?.hint) }).toEqual({
      code: 'plan-mismatch',
      hint: 'torch finds no GPU that it can use. See whether nvidia-smi lists it, then: controlnet-kit plan',
    })
  })
})

describe('the steps', () => {
  it.each<[string, number, readonly TrainerEvent[], readonly string[]]>([
    ['from the first to the last', 0, [1, 2, 3, 4, 5, 6, 7, 8].map((at) => step(at)), []],
    ['on from a checkpoint', 4, [{ type: 'resumed', step: 4 }, step(5), step(6)], []],
    [
      'from the start, where a checkpoint was given',
      4,
      [step(1), step(2)],
      [`${PLANNED} expected step 4, of the checkpoint, for the step to go on from, found step 0.`],
    ],
    [
      'on from another checkpoint',
      4,
      [{ type: 'resumed', step: 2 }],
      [`${PLANNED} expected step 4, of the checkpoint, for the step to go on from, found step 2.`],
    ],
    [
      'on from a checkpoint, where none was given',
      0,
      [step(5)],
      [`${PLANNED} expected step 0, as nothing was trained yet, for the step to go on from, found step 4.`],
    ],
    [
      'with a gap',
      0,
      [step(1), step(3), step(7)],
      [
        'steps-skipped: The trainer said nothing of step 2. The metrics have a gap there.',
        'steps-skipped: The trainer said nothing of steps 4 to 6. The metrics have a gap there.',
      ],
    ],
    [
      'past the end, told once',
      6,
      [step(7), step(8), step(9), step(10)],
      ['steps-past-end: The trainer goes on past the last step that was planned: step 9 of 8.'],
    ],
  ])('%s', (_, start, events, said) => {
    expect(findings(checkSteps(training, start), events)).toEqual(said)
  })
})

const NAN_AT_2 = 'loss-nan ends it: The loss became NaN at step 2.'

describe('the loss', () => {
  it.each<[string, readonly (number | null)[], readonly string[], string | null]>([
    ['a number all the time', [0.1, 0.9, 40], [], null],
    [
      'NaN at two steps, then a number',
      [0.1, null, null, 0.2],
      ['loss-nan-recovered: The loss was NaN at steps 2 and 3 and is a number again. The training goes on.'],
      null,
    ],
    [
      'NaN at one step, then a number',
      [0.1, null, 0.2],
      ['loss-nan-recovered: The loss was NaN at step 2 and is a number again. The training goes on.'],
      null,
    ],
    ['NaN at three steps', [0.1, null, null, null, null], [NAN_AT_2], 'NaN 2'],
    [
      'NaN from the first step on',
      [null, null, null],
      ['loss-nan ends it: The loss became NaN at step 1.'],
      'NaN 1',
    ],
    ['NaN at the last step', [0.1, null], [], 'NaN 2'],
    ['huge for nine steps', [...Array<number>(9).fill(900), 1], [], null],
    [
      'huge for ten steps',
      [1, ...Array<number>(11).fill(900)],
      ['loss-exploded ends it: The loss exploded at step 2.'],
      'exploded 2',
    ],
  ])('%s', (_, losses, said, broken) => {
    const check = checkLoss()
    const events = losses.map((loss, index) => step(index + 1, { loss }))
    expect(findings(check, events)).toEqual(said)
    const found = check.broken()
    expect(found && `${found.word} ${found.step}`).toBe(broken)
  })

  it.each([
    [
      { learningRate: 1e-5, precision: 'bf16', canBf16: true },
      'Usual causes: a learning rate that is too high.\ncontrolnet-kit train --again --set train.learning_rate=1e-6',
    ],
    [
      { learningRate: 3e-4, precision: 'fp16', canBf16: true },
      'Usual causes: a learning rate that is too high; fp16, where this card can do bf16.\ncontrolnet-kit train --again --set train.learning_rate=1e-5 --set train.mixed_precision=bf16',
    ],
    [
      { learningRate: 0.0005, precision: 'fp16', canBf16: false },
      'Usual causes: a learning rate that is too high.\ncontrolnet-kit train --again --set train.learning_rate=1e-5',
    ],
  ] as const)('advises another value than that of the run: %j', (run, hint) => {
    expect(told(lossHint(run))).toBe(hint)
  })

  it('names the checkpoint that is left', () => {
    expect(lossError({ broken: { word: 'NaN', step: 31 }, checkpoint: 24 }).message).toBe(
      'The loss became NaN at step 31. Checkpoint 24 is whole and from before; later ones are not.',
    )
  })
})

describe('the checkpoints that were planned', () => {
  const missing = (at: number, lost: string) =>
    `checkpoint-missing: Checkpoint ${at} was planned and did not come. If the training ended now, ${lost} would be lost.`
  const steps = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, index) => step(from + index))
  it.each<[string, number, readonly TrainerEvent[], readonly string[]]>([
    ['come', 0, [...steps(1, 4), saved(4), ...steps(5, 8), saved(8), phase('finishing')], []],
    ['come a step late', 0, [...steps(1, 5), saved(4), ...steps(6, 8), saved(8), phase('finishing')], []],
    [
      'never come',
      0,
      [...steps(1, 8), phase('finishing')],
      [missing(4, 'all of it'), missing(8, 'all of it')],
    ],
    [
      'stop coming',
      0,
      [...steps(1, 4), saved(4), ...steps(5, 8), phase('finishing')],
      [missing(8, 'the steps after 4')],
    ],
    ['are those after the start', 4, [...steps(5, 8), saved(8), phase('finishing')], []],
  ])('%s', (_, start, events, said) => {
    expect(findings(checkCheckpoints(training, start), events)).toEqual(said)
  })

  it('none is planned where the training is shorter', () => {
    const short = { total_steps: 3, checkpoints: { every: 4, count: 0 } }
    expect(findings(checkCheckpoints(short, 0), [...steps(1, 3), phase('finishing')])).toEqual([])
  })
})
