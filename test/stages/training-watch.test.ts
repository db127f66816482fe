/** The checks of a running training, each on a real process: a stand-in that prints what a trainer would print. */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { runTrainingAttempt } from '../../src/stages/train-controlnet/train-attempt.ts'
import { trainControlnet } from '../../src/stages/train-controlnet/train-controlnet.ts'
import { packageRoot } from '../../src/tools/package-root.ts'
import { makeRun } from '../e2e/hand-made-run.ts'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'cnk-watch-')))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const PREFIX = '11/23/2026 10:09:36 - INFO - __main__ - [RANK 0]'
const bar = (step: number, { loss = '0.5', lr = '0.0001', total = 8 } = {}): string =>
  `\rSteps: 1%|          | ${step}/${total} [00:00<00:00, 5.94it/s, loss=${loss}, lr=${lr}]`
const bars = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => bar(from + index, { loss: `0.${from + index}` }))
const opened = (step: number): string => `\rSteps: 0%|          | ${step}/8 [00:00<?, ?it/s]`
const TRAINING = `${PREFIX} ***** Running training *****\n`
const saved = (step: number): string => `\n${PREFIX} Saved state to /r/output/checkpoint-${step}\n`

interface Story {
  readonly text: readonly string[]
  readonly then?: 'end' | 'hang' | 'stop'
  readonly start?: number
  readonly stall?: string
}

let stories = 0

async function attempt({ text, then = 'end', start = 0, stall = '30m' }: Story) {
  const name = `story-${++stories}`
  const run = makeRun(folder, {
    ...{ python: 'python3', name, steps: 8, checkpointEvery: 4 },
    train: { learning_rate: 1e-4 },
  })
  mkdirSync(run.paths.output, { recursive: true })
  const lines = join(run.paths.run, 'lines')
  writeFileSync(lines, text.join(''))
  const context = run.context(trainControlnet)
  const launch = join(packageRoot, 'python/launch.py')
  const standIn = join(packageRoot, 'test/stages/stand-in-trainer.py')
  const command = { file: 'python3', args: [launch, standIn, lines, then], env: {}, cwd: run.paths.run }
  const config = { ...context.config, watch: { stall_timeout: stall } }
  const ended = await runTrainingAttempt({ ...context, config }, { command, step: start })
  const warnings = run.events.flatMap((event) =>
    event.type === 'warning' ? [`${event.code}: ${event.message}`] : [],
  )
  return { ...ended, warnings }
}

const PLANNED = 'The trainer does not do what was planned:'

describe('what ends a training', () => {
  it.each<[string, Story, string]>([
    [
      'another start than the checkpoint',
      { text: [TRAINING, opened(0), ...bars(1, 3)], start: 4, then: 'hang' },
      `${PLANNED} expected step 4, of the checkpoint, for the step to go on from, found step 0.`,
    ],
    [
      'another learning rate',
      {
        text: [TRAINING, opened(0), ...[1, 2, 3, 4].map((at) => bar(at, { lr: '0.0005', loss: `0.${at}` }))],
        then: 'hang',
      },
      `${PLANNED} expected 1e-4 for the learning rate at step 3, found 5e-4.`,
    ],
    [
      'three losses that are no numbers',
      {
        text: [TRAINING, opened(0), bar(1), ...[2, 3, 4, 5].map((at) => bar(at, { loss: 'nan' }))],
        then: 'hang',
      },
      'The loss became NaN at step 2.',
    ],
  ])('%s', async (_, story, message) => {
    const { problem, result } = await attempt(story)
    expect(problem?.message).toBe(message)
    expect(result).toMatchObject({ stopped: true, killed: 0 })
  })
})

it('a trainer that waits for pictures that can not come is ended', async () => {
  const line =
    'RuntimeError: unable to allocate shared memory(shm) for file </torch_7_1_0>: No space left on device (28)'
  const ended = await attempt({ text: [TRAINING, opened(0), bar(1), `\n${line}\n`], then: 'hang' })
  expect(ended).toMatchObject({ isHopeless: true, problem: null, result: { stopped: true } })
  expect(ended.lines.at(-1)).toBe(line)
})

describe('what is told', () => {
  it.each<[string, Story, readonly string[]]>([
    [
      'a tracker that is not installed',
      {
        text: [
          '/venv/accelerate/accelerator.py:440: UserWarning: log_with=wandb was passed but no supported trackers are currently installed.\n',
        ],
      },
      [
        'tracker-missing: The tracker is not installed: nothing is written for TensorBoard, and previews are lost.',
      ],
    ],
    [
      'steps that were skipped, and the checkpoint that did not come',
      { text: [TRAINING, opened(0), ...bars(1, 2), ...bars(5, 8), '\n'] },
      [
        'steps-skipped: The trainer said nothing of steps 3 to 4. The metrics have a gap there.',
        'checkpoint-missing: Checkpoint 4 was planned and did not come. If the training ended now, all of it would be lost.',
      ],
    ],
    [
      'two losses that are no numbers, and recover',
      {
        text: [TRAINING, opened(0), bar(1), bar(2, { loss: 'nan' }), bar(3, { loss: 'nan' }), ...bars(4, 5)],
      },
      ['loss-nan-recovered: The loss was NaN at steps 2 and 3 and is a number again. The training goes on.'],
    ],
    [
      'steps past the end; a checkpoint that is said to be saved and is not there',
      { text: [TRAINING, opened(4), ...bars(5, 8), saved(8), bar(9, { loss: '0.99' }), '\n'], start: 4 },
      [
        'steps-past-end: The trainer goes on past the last step that was planned: step 9 of 8.',
        'checkpoint-incomplete: Checkpoint 8 is not whole: it is missing',
      ],
    ],
  ])('%s', async (_, story, warnings) => {
    const ended = await attempt(story)
    expect(ended.warnings.toSorted()).toEqual(warnings.toSorted())
    expect(ended.problem).toBeNull()
  })
})

describe('silence', () => {
  it('is told, then ends the training, with the place at which it stood', { timeout: 60_000 }, async () => {
    const text = [TRAINING, opened(0), ...bars(1, 3)]
    const { problem, warnings, result, lines, logPath } = await attempt({ text, then: 'hang', stall: '6s' })
    expect(problem).toMatchObject({ code: 'training-stalled', reason: 'training' })
    expect(problem?.message).toMatch(
      /^The trainer said nothing for \d seconds while it took a step, after step 3; it was ended\.\nIt stood at .*threading\.py:\d+ in wait, .*stand-in-trainer\.py:\d+ in wait_for_nothing\.$/,
    )
    expect(warnings).toEqual([
      expect.stringMatching(
        /^training-silent: The trainer said nothing for [23] seconds while it took a step\./,
      ),
    ])
    expect(result).toMatchObject({ stopped: true, killed: 0 })
    // The stacks are in the log, and not among the trainer's last words.
    expect(readFileSync(logPath, 'utf8')).toContain('wait_for_nothing')
    expect(lines.join('\n')).not.toContain('wait_for_nothing')
  })

  it('of a process that somebody stopped says so; it has to be killed', { timeout: 60_000 }, async () => {
    const text = [TRAINING, opened(0), ...bars(1, 3)]
    const { problem, result } = await attempt({ text, then: 'stop', stall: '3s' })
    expect(problem?.message).toMatch(
      /\nIt stood at process \d+ \(python3?\S*\), which a signal has stopped\.$/,
    )
    expect(result).toMatchObject({ stopped: true, killed: 1 })
  })

  it('before the first line', { timeout: 60_000 }, async () => {
    const { problem } = await attempt({ text: [], then: 'hang', stall: '3s' })
    expect(problem?.message).toMatch(
      /^The trainer said nothing for \d seconds while it started, before the first step; it was ended\.\n/,
    )
  })
})
