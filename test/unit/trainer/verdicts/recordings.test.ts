/** The verdict on every recorded failure: its kind, exit code, sentence and next command. */
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { EXIT_CODES } from '../../../../src/errors.ts'
import type { TrainerFailure } from '../../../../src/trainer/verdicts/failure-kind.ts'
import { FAILURE_KINDS } from '../../../../src/trainer/verdicts/kinds/index.ts'
import { judgeFailure } from '../../../../src/trainer/verdicts/trainer-verdict.ts'
import { TrainingWatch } from '../../../../src/trainer/watch/training-watch.ts'
import type { TrainingMaths } from '../../../../src/types.ts'
import { config } from '../../plan/facts.ts'
import { told } from '../../told.ts'
import {
  failureOf,
  readRecording,
  recordedCases,
  recordedFailure,
  recordedSuccesses,
  sourceTexts,
} from './recorded-failures.ts'

const LOG = '\nlog: a.log'

interface Row {
  readonly name: string
  readonly code: string | null
  readonly text: string
}

function row(name: string, failure: TrainerFailure): Row {
  const { error, repair, stop } = judgeFailure(failure)
  const code = 'code' in error ? error.code : null
  const exit = EXIT_CODES[error.reason ?? 'training']
  const notes = [repair && `mends: ${repair}`, stop && `told to stop: ${stop}`].filter(Boolean).join(', ')
  const hint = told(error.hint ?? '').replace(LOG, '')
  const lines = [`✖ ${error.message}`, ...hint.split('\n').map((line) => `→ ${line}`)]
  const head = [`${name}: ${code}, exit code ${exit}`, notes].filter(Boolean).join('; ')
  return { name, code, text: [head, ...lines].join('\n    ') }
}

const recorded = recordedCases.map((name) => row(name, recordedFailure(name)))
const fromSources = sourceTexts.map(({ name, lines, signal = null }) => row(name, failureOf(lines, signal)))

/** Whole texts: `npx vitest run -u` writes them anew; read the difference. */
it.each([
  ['recorded', recorded],
  ['from sources', fromSources],
])('%s', async (name, rows) => {
  expect(rows.length).toBeGreaterThan(15)
  const file = join(
    import.meta.dirname,
    '../../../fixtures/failures',
    `verdicts-${name.replace(' ', '-')}.txt`,
  )
  await expect(`${rows.map(({ text }) => text).join('\n\n')}\n`).toMatchFileSnapshot(file)
})

it.each([...recorded, ...fromSources].map((one) => [one.name, one] as const))(
  '%s is not opaque, and names a next command',
  (_, { code, text }) => {
    expect(code).not.toBeNull()
    expect(text).toMatch(/→ .*controlnet-kit (resume|prepare|plan|train)/)
  },
)

it('every kind of failure is shown by a text', () => {
  const shown = new Set([...recorded, ...fromSources].map(({ code }) => code))
  // Shown by the tests of the builtin engine's own words, and of the system's errors.
  const elsewhere = ['checkpoint-other', 'disk-gone', 'datasets-cache']
  const missing = FAILURE_KINDS.map(({ code }) => code).filter((code) => !shown.has(code))
  expect([...new Set(missing)].sort()).toEqual(elsewhere.filter((code) => missing.includes(code)).sort())
})

describe('exit code 0 is no success', () => {
  const training = {
    rows: 16,
    settings: { device: 'cpu', mixed_precision: 'no', num_processes: 1, gradient_accumulation_steps: 1 },
    effective_batch: 2,
    checkpoints: { every: 2, count: 2 },
  }
  const rates: Readonly<Record<string, number>> = { nan: 1e30 }
  const starts: Readonly<Record<string, number>> = { 'random-states-cut': 4 }

  it.each(recordedSuccesses)('%s', (name) => {
    const { events } = readRecording(name)
    const total = events.find((event) => event.type === 'fact' && event.name === 'total_steps')
    const of = config({ train: { learning_rate: rates[name] ?? 1e-5 } })
    const watch = new TrainingWatch({
      config: of,
      training: { ...training, total_steps: total?.type === 'fact' ? total.value : 0 } as TrainingMaths,
      start: starts[name] ?? 0,
    })
    const said = events.flatMap((event) => {
      const own = event.type === 'warning' ? [event] : []
      return [...own, ...watch.see(event)].map(({ code }) => code)
    })
    const expected: Readonly<Record<string, readonly string[]>> = {
      nan: ['loss-nan'],
      'no-wandb': ['tracker-missing'],
      'no-tensorboard': ['tracker-missing'],
      'random-states-cut': ['random-states'],
    }
    const found = [...said.filter((code) => code !== 'checkpoint-missing'), watch.problem?.code].filter(
      Boolean,
    )
    expect(found).toEqual(expected[name])
  })
})
