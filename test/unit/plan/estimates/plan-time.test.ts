/** The plan's `time`, `disk` and `cost`. */
import { describe, expect, it } from 'vitest'
import { assumeCard, findGpuCard, GPU_CARDS } from '../../../../src/environment/gpu-cards.ts'
import { buildPlan } from '../../../../src/plan/build-plan.ts'
import { GPU_PRICES } from '../../../../src/plan/estimates/gpu-prices.ts'
import { stageSpecs } from '../../../../src/stages/index.ts'
import type { Facts, Plan } from '../../../../src/types.ts'
import { bareFacts, config, makeGpu } from '../facts.ts'

const planOf = (more: Record<string, unknown> = {}, facts: Partial<Facts> = {}): Plan =>
  buildPlan({ config: config(more), configFile: null, facts: { ...bareFacts, ...facts }, specs: stageSpecs })

const card = (name: string): Partial<Facts> => assumeCard(GPU_CARDS.find((each) => each.name === name)!)
const LONG = { train: { max_train_steps: 25_000 } }

describe('time', () => {
  it('has the parts of a fresh start, which add up', () => {
    const time = planOf(LONG, card('a100-80gb')).time!
    expect(time.basis).toBe('table')
    expect(time.parts.map(({ name }) => name)).toEqual([
      ...['set-up', 'downloads', 'pictures', 'training', 'previews', 'checkpoints', 'verification'],
      'evaluation',
    ])
    expect(time.parts.reduce((sum, part) => sum + part.expected_s, 0)).toBe(time.expected_s)
    for (const { low_s, expected_s, high_s } of [time, ...time.parts]) {
      expect(low_s).toBeLessThanOrEqual(expected_s)
      expect(expected_s).toBeLessThanOrEqual(high_s)
    }
  })

  it('of 25,000 steps of 16 pictures on an A100 is 5 h at the best published speed, and 9 to 22 h as it is', () => {
    const training = planOf(LONG, card('a100-80gb')).time!.parts.find(({ name }) => name === 'training')!
    expect(training.low_s / 3600).toBeCloseTo(4.1, 0)
    expect(training.expected_s / 3600).toBeCloseTo(5.8, 0)
    expect(training.high_s / 3600).toBeCloseTo(9.4, 0)
  })

  it('is not told for a card that is in no table', () => {
    const gpus = [makeGpu({ name: 'NVIDIA Unheard Of 1', gib: 24 })]
    expect(planOf({}, { gpus }).time).toBeNull()
  })

  it('is not told, nor what it costs, where there are no pictures yet', () => {
    const source = { ...bareFacts.source, pictures: 0 }
    expect(planOf({}, { source })).toMatchObject({ time: null, cost: null })
    expect(planOf({}).time).not.toBeNull()
  })

  it('of a training that goes on is that of the steps that are left', () => {
    const whole = planOf(LONG, card('l4'))
    const fingerprint = whole.stages.find(({ name }) => name === 'train-controlnet')!.fingerprint
    const { settings } = whole.training
    const run = { id: 'a', folder: '/runs/a', status: 'stopped', fingerprint, settings } as const
    const rest = planOf(LONG, {
      ...card('l4'),
      runs: [{ ...run, checkpoint: 20_000, checkpoints: 3, stamps: {} }],
    })
    const [all, left] = [whole, rest].map(({ time }) => time!.parts.find(({ name }) => name === 'training')!)
    expect(left!.expected_s / all!.expected_s).toBeCloseTo(0.2, 1)
  })

  it('of an evaluation grows with its pictures and their denoising steps, up to a tenth of the training', () => {
    const dataset = { source: { folder: './photos' }, validation: { count: 64 } }
    const evaluation = (evaluate: Record<string, unknown>): number => {
      const { parts } = planOf({ ...LONG, dataset, evaluate }, card('a100-80gb')).time!
      return parts.find(({ name }) => name === 'evaluation')?.expected_s ?? 0
    }
    const one = evaluation({ count: 8, keep: 'none' })
    const start = 2 * one - evaluation({ count: 16, keep: 'none' })
    expect(start).toBeGreaterThanOrEqual(9)
    expect(start).toBeLessThanOrEqual(11)
    expect(evaluation({ count: 8, keep: 'none', num_inference_steps: 100 })).toBeGreaterThan(
      3 * one - 2 * start,
    )
    expect(evaluation({ count: 8 })).toBeGreaterThan(2 * one)
    expect(evaluation({ enabled: false })).toBe(0)
    const training = planOf({ ...LONG, dataset }, card('a100-80gb')).time!.parts.find(
      ({ name }) => name === 'training',
    )!
    const most = evaluation({ num_inference_steps: 1000 })
    expect(most / training.expected_s).toBeLessThan(0.11)
    expect(evaluation({ num_inference_steps: 1000, shrink: false })).toBeGreaterThan(2 * most)
  })

  it('of what is only prepared has no training', () => {
    const context = { config: config(), configFile: null, facts: bareFacts, specs: stageSpecs }
    const { time, cost } = buildPlan({ ...context, until: 'write-dataset' })
    expect(time!.parts.map(({ name }) => name)).toEqual(['pictures'])
    expect(cost).toBeNull()
  })
})

describe('disk', () => {
  it('has one entry for each file system, whose parts add up', () => {
    const disks = {
      dataset: { device: 1, freeBytes: 1e11 },
      runs: { device: 2, freeBytes: 1e9 },
      cache: { device: 1, freeBytes: 1e11 },
    }
    const plan = planOf(LONG, { ...card('l4'), disks })
    expect(plan.disk.map(({ path, fits }) => [path, fits])).toEqual([
      [plan.paths.dataset, true],
      [plan.paths.runs, false],
    ])
    for (const { needed_bytes, parts } of plan.disk)
      expect(parts.reduce((sum, { bytes }) => sum + bytes, 0)).toBeCloseTo(needed_bytes, -1)
  })
})

describe('cost', () => {
  it('is that of every card with a price, cheapest first', () => {
    const { rows, currency, as_of } = planOf(LONG).cost!
    expect([currency, as_of]).toEqual(['USD', '2026-08'])
    expect(rows.map(({ gpu }) => gpu).sort()).toEqual(Object.keys(GPU_PRICES.per_hour).sort())
    const totals = rows.map(({ total }) => total)
    expect(totals).toEqual([...totals].sort((a, b) => a - b))
    for (const { total, hours, price_per_hour } of rows)
      expect(Math.abs(total - hours * price_per_hour)).toBeLessThan(0.03)
  })

  it('puts cards last on which it does not fit', () => {
    const train = { train_batch_size: 16, gradient_accumulation_steps: 1, max_train_steps: 1000 }
    const rows = planOf({ train }).cost!.rows
    expect(rows.filter(({ fits }) => !fits).map(({ gpu }) => gpu)).toEqual(['t4'])
    expect(rows.findIndex(({ fits }) => !fits)).toBe(6)
  })

  it('does not depend on what this machine is: a preset for the CPU, or a card', () => {
    const onCpu = planOf({ train: { preset: 'cpu', max_train_steps: 1000 }, environment: { torch: 'cpu' } })
    const onCard = planOf({ train: { max_train_steps: 1000 } }, card('rtx-3060'))
    expect(onCpu.cost!.rows).toEqual(onCard.cost!.rows)
  })
})

it.each([
  ['NVIDIA GeForce RTX 4060 Ti', 'rtx-4060-ti-16gb'],
  ['NVIDIA GeForce RTX 4060', 'rtx-4060'],
  ['NVIDIA A100-SXM4-80GB', 'a100-80gb'],
  ['NVIDIA H200', 'h200'],
  ['Tesla T4', 't4'],
  ['NVIDIA GeForce RTX 4090 Laptop GPU', null],
  ['Radeon', null],
])('nvidia-smi says %s', (title, name) => expect(findGpuCard(title)?.name ?? null).toBe(name))
