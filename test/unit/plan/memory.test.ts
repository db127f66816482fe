/** The plan's `memory`: what a training takes of each card, and what to do where that is too much. */
import { expect, it } from 'vitest'
import { assumeCard, GPU_CARDS } from '../../../src/environment/gpu-cards.ts'
import { buildPlan } from '../../../src/plan/build-plan.ts'
import { stageSpecs } from '../../../src/stages/index.ts'
import type { Facts, Plan } from '../../../src/types.ts'
import { told } from '../told.ts'
import { bareFacts, config, makeGpu } from './facts.ts'

const planOf = (facts: Partial<Facts>, more: Record<string, unknown> = {}): Plan =>
  buildPlan({
    ...{ config: config(more), configFile: null, facts: { ...bareFacts, ...facts }, specs: stageSpecs },
  })

const onCard = (name: string, train: Record<string, unknown> = {}): Plan =>
  planOf(assumeCard(GPU_CARDS.find((card) => card.name === name)!), { train })

it('has everything that the contract names', () => {
  expect(onCard('rtx-4080').memory).toEqual([
    {
      gpu: 'NVIDIA GeForce RTX 4080 (GPU 0)',
      basis: 'measured',
      total_bytes: 17_171_480_576,
      free_bytes: 16_771_480_576,
      needed_bytes: 13_410_000_000,
      margin_bytes: 1e9,
      fits: true,
      components: [
        { name: 'base', bytes: 2_132_470_614 },
        { name: 'controlnet', bytes: 1_445_116_480 },
        { name: 'optimiser', bytes: 2_890_232_960 },
        { name: 'activations', bytes: 5_694_000_000 },
        { name: 'overhead', bytes: 1_248_179_946 },
      ],
      cheapest_preset: null,
    },
  ])
})

it('is empty on the CPU, and where nothing is trained', () => {
  expect(planOf({}).memory).toEqual([])
  const { gpus, cuda } = assumeCard(GPU_CARDS[0]!)
  const facts = { ...bareFacts, gpus, cuda }
  const prepare = { config: config(), configFile: null, facts, specs: stageSpecs }
  expect(buildPlan({ ...prepare, until: 'write-dataset' }).memory).toEqual([])
})

/** `12gb 4 × 4, 10.4 GB` */
function short({ training: { settings }, memory }: Plan): string {
  const { preset, train_batch_size: size, gradient_accumulation_steps: accumulation } = settings
  return `${preset} ${size} × ${accumulation}, ${(memory[0]!.needed_bytes / 1e9).toFixed(1)} GB`
}

it.each([
  ['rtx-3070', 'diffusers', '8gb 2 × 8, 7.4 GB'],
  ['rtx-3070', 'builtin', '8gb 4 × 4, 7.4 GB'],
  ['rtx-3060', 'diffusers', '12gb 4 × 4, 10.4 GB'],
  ['rtx-3060', 'builtin', '12gb 4 × 4, 10.2 GB'],
  ['rtx-4080', 'diffusers', '16gb 8 × 2, 13.4 GB'],
  ['rtx-4090', 'diffusers', '24gb 8 × 2, 17.0 GB'],
  ['a100-40gb', 'diffusers', '40gb 16 × 1, 25.8 GB'],
  ['a100-80gb', 'builtin', '40gb 16 × 1, 25.6 GB'],
  ['h200', 'diffusers', '40gb 16 × 1, 25.8 GB'],
])('preset: auto on %s, %s engine', (name, engine, expected) => {
  const plan = onCard(name, { engine })
  expect(short(plan)).toBe(expected)
  expect(plan.memory[0]?.fits).toBe(true)
})

it('the presets by name, as measured', () => {
  const needs = (engine: string) =>
    ['8gb', '12gb', '16gb', '24gb', '40gb', '80gb'].map((preset) => short(onCard('h200', { preset, engine })))
  expect(needs('diffusers')).toEqual([
    ...['8gb 1 × 16, 7.1 GB', '12gb 4 × 4, 10.4 GB', '16gb 8 × 2, 13.4 GB'],
    ...['24gb 8 × 2, 17.0 GB', '40gb 16 × 1, 25.8 GB', '80gb 16 × 1, 25.8 GB'],
  ])
  expect(needs('builtin').slice(0, 2)).toEqual(['8gb 2 × 8, 7.0 GB', '12gb 4 × 4, 10.2 GB'])
})

it.each<[string, Record<string, unknown>, string | null]>([
  ['40gb', { preset: '40gb' }, '12gb'],
  ['40gb, and a batch of its own', { preset: '40gb', train_batch_size: 16 }, null],
])('what does not fit names the cheapest preset that does: %s', (_name, train, cheapest) => {
  const plan = onCard('rtx-3060', train)
  expect(plan.memory[0]).toMatchObject({ fits: false, cheapest_preset: cheapest })
  const check = plan.checks.find(({ code }) => code === 'gpu-memory')
  expect(check?.status).toBe('fail')
  if (cheapest !== null)
    expect(told(check?.remedy)).toBe(
      'This fits, with the same effective batch: controlnet-kit train --set train.preset=12gb',
    )
})

it('memory that is not told is unknown', () => {
  const { memory } = planOf({ gpus: [makeGpu({ totalBytes: null, freeBytes: null })] })
  expect(memory[0]).toMatchObject({ total_bytes: null, free_bytes: null, fits: null, cheapest_preset: null })
})

it.each<[string, Partial<Facts>, Record<string, unknown>, string]>([
  ['a card', { gpus: [makeGpu()] }, {}, 'preset 24gb: the largest that fits the 25.2 GB free; bf16: compute capability 8.6'], // prettier-ignore
  ['an old one', { gpus: [makeGpu({ computeCapability: 7.5 })] }, {}, 'preset 24gb: the largest that fits the 25.2 GB free; fp16: compute capability 7.5, bf16 needs 8.0'], // prettier-ignore
  ['more pictures at a time', { gpus: [makeGpu({ gib: 10 })] }, {}, 'preset 8gb: the largest that fits the 10.2 GB free, and batch 4 with it; bf16: compute capability 8.6'], // prettier-ignore
  ['a preset by name', { gpus: [makeGpu()] }, { preset: '16gb', mixed_precision: 'bf16' }, 'preset 16gb: the config names it'], // prettier-ignore
  ['no card', {}, {}, 'preset cpu: there is no GPU'],
])('why: %s', (_name, facts, train, expected) => {
  expect(planOf(facts, { train }).settings_reason).toBe(expected)
})

it.each<[Record<string, unknown>, string[]]>([
  [{}, []],
  [{ effective_batch: 32 }, []],
  [{ train_batch_size: 2, gradient_accumulation_steps: 3 }, []],
  [
    { train_batch_size: 5 },
    [
      'warn: 20 pictures in a step: batch 5 × 4 accumulation; expected 16, the effective batch; this is the nearest above. To mean it: --set train.effective_batch=20',
    ],
  ],
  [
    { effective_batch: 8, train_batch_size: 2, gradient_accumulation_steps: 3 },
    [
      'fail: 6 pictures in a step: batch 2 × 3 accumulation; expected 8, the effective batch. To mean it: --set train.effective_batch=6',
    ],
  ],
])('the effective batch with %j', (train, expected) => {
  const checks = planOf({ gpus: [makeGpu()] }, { train }).checks.filter(
    ({ code }) => code === 'effective-batch',
  )
  expect(
    checks.map((check) =>
      told(`${check.status}: ${check.found}; expected ${check.expected}. ${check.remedy}`),
    ),
  ).toEqual(expected)
})

it('both caches from two passes over the data on', () => {
  const caches = (train: Record<string, unknown>) => {
    const { settings } = planOf({ gpus: [makeGpu()] }, { train }).training
    return [settings.cache_latents, settings.cache_captions]
  }
  expect(caches({ engine: 'builtin' })).toEqual([true, true])
  expect(caches({ engine: 'builtin', num_train_epochs: 1 })).toEqual([false, false])
  expect(caches({ engine: 'builtin', max_train_steps: 5 })).toEqual([false, false])
  expect(caches({ engine: 'builtin', cache_captions: false })).toEqual([true, false])
  expect(caches({})).toEqual([false, false])
})
