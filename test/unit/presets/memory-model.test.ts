/** The memory model against what was measured on a card: docs/gpus.md. */
import { expect, it } from 'vitest'
import { estimateMemory, marginBytes } from '../../../src/presets/memory-need.ts'
import { modelMemory, type Checkpointed, type MemorySettings } from '../../../src/presets/memory-model.ts'
import { planModelParts } from '../../../src/trainer/base-model/model-parts.ts'
import { config } from '../plan/facts.ts'

const SD15 = planModelParts(config(), {})
const SD21 = planModelParts(config({ base_model: { repo: 'stabilityai/stable-diffusion-2-1' } }), {})

interface Case {
  readonly batch: number
  readonly checkpointed?: Checkpointed
  readonly cached?: boolean
  readonly eightBit?: boolean
}

const settings = (
  { batch, checkpointed = 'none', cached = false, eightBit = false }: Case,
  more: Partial<MemorySettings> = {},
): MemorySettings => ({
  train_batch_size: batch,
  gradient_checkpointing: checkpointed !== 'none',
  gradient_checkpointing_unet: checkpointed === 'both',
  cache_latents: cached,
  cache_captions: cached,
  use_8bit_adam: eightBit,
  ...{ mixed_precision: 'bf16', resolution: 512, num_processes: 1, ...more },
})

type Row = readonly [
  batch: number,
  checkpointed: Checkpointed,
  cached: 'cached' | 'not cached',
  optimiser: 'AdamW' | '8-bit',
  allocatedGb: number,
  deviceGb: number,
]

/** NVIDIA H200, torch 2.11, Stable Diffusion 1.5's sizes, 512 px, bf16. */
const MEASURED: readonly Row[] = [
  [1, 'none', 'not cached', 'AdamW', 9.52, 11.08],
  [2, 'none', 'not cached', 'AdamW', 9.52, 11.61],
  [4, 'none', 'not cached', 'AdamW', 11.67, 13.22],
  [8, 'none', 'not cached', 'AdamW', 16.01, 16.99],
  [16, 'none', 'not cached', 'AdamW', 24.68, 25.82],
  [32, 'none', 'not cached', 'AdamW', 42.03, 43.35],
  [1, 'controlnet', 'not cached', 'AdamW', 9.51, 10.85],
  [4, 'controlnet', 'not cached', 'AdamW', 9.55, 11.84],
  [8, 'controlnet', 'not cached', 'AdamW', 12.28, 13.41],
  [16, 'controlnet', 'not cached', 'AdamW', 17.83, 19.13],
  [32, 'controlnet', 'not cached', 'AdamW', 28.88, 30.27],
  [1, 'both', 'not cached', 'AdamW', 9.51, 10.74],
  [4, 'both', 'not cached', 'AdamW', 9.54, 11.83],
  [16, 'both', 'not cached', 'AdamW', 13.16, 17.2],
  [32, 'both', 'not cached', 'AdamW', 19.73, 27.01],
  [1, 'none', 'cached', 'AdamW', 9.08, 10.24],
  [4, 'none', 'cached', 'AdamW', 11.22, 12.5],
  [16, 'none', 'cached', 'AdamW', 24.21, 25.65],
  [32, 'none', 'cached', 'AdamW', 41.52, 43.65],
  [1, 'both', 'cached', 'AdamW', 9.08, 10.16],
  [4, 'both', 'cached', 'AdamW', 9.09, 10.31],
  [16, 'both', 'cached', 'AdamW', 11.69, 13.33],
  [1, 'both', 'cached', '8-bit', 5.68, 6.69],
  [2, 'both', 'cached', '8-bit', 5.92, 6.98],
  [1, 'controlnet', 'not cached', '8-bit', 6.13, 7.09],
  [4, 'none', 'not cached', '8-bit', 9.51, 10.38],
  [4, 'none', 'cached', '8-bit', 9.07, 10.18],
]

const settingsOf = ([batch, checkpointed, cached, optimiser]: Row): MemorySettings =>
  settings({ batch, checkpointed, cached: cached === 'cached', eightBit: optimiser === '8-bit' })

it('there are 27 of them', () => expect(MEASURED).toHaveLength(27))

it.each(MEASURED)('the formula for batch %i, %s checkpointed, %s, %s', (...row) => {
  const [, , , , allocatedGb, deviceGb] = row
  const { allocatedBytes, deviceBytes } = modelMemory(settingsOf(row), SD15)
  expect(Math.abs(allocatedBytes / 1e9 / allocatedGb - 1)).toBeLessThan(0.03)
  expect(Math.abs(deviceBytes / 1e9 / deviceGb - 1)).toBeLessThan(0.05)
  // Never too low by more than the margin.
  expect(deviceGb * 1e9 - deviceBytes).toBeLessThan(marginBytes([{ totalBytes: 8.59e9 }]) * 2)
})

it.each(MEASURED)('batch %i, %s checkpointed, %s, %s is told as measured', (...row) => {
  const { basis, neededBytes, components } = estimateMemory(settingsOf(row), SD15)
  expect(basis).toBe('measured')
  expect(neededBytes / 1e9).toBeCloseTo(row[5], 6)
  const sum = components.reduce((total, { bytes }) => total + bytes, 0)
  expect(Math.abs(sum - neededBytes)).toBeLessThan(10)
  expect(components.every(({ bytes }) => bytes > 0)).toBe(true)
})

it.each<[string, MemorySettings, typeof SD15, number]>([
  ['between the points', settings({ batch: 6 }), SD15, 15.1],
  ['beyond them', settings({ batch: 48 }), SD15, 62],
  ['256 px: a quarter of the pictures', settings({ batch: 16 }, { resolution: 256 }), SD15, 12.9],
  ['768 px', settings({ batch: 4 }, { resolution: 768 }), SD15, 18.5],
  ['fp16', settings({ batch: 4 }, { mixed_precision: 'fp16' }), SD15, 12.9],
  ['fp32', settings({ batch: 4 }, { mixed_precision: 'no' }), SD15, 17.9],
  ['two processes', settings({ batch: 4 }, { num_processes: 2 }), SD15, 14.4],
  ['one cache alone', { ...settings({ batch: 4 }), cache_latents: true }, SD15, 12.7],
  ['Stable Diffusion 2.1', settings({ batch: 4 }), SD21, 13.3],
])('%s is estimated', (_name, of, model, gigabytes) => {
  const { basis, neededBytes } = estimateMemory(of, model)
  expect(basis).toBe('estimated')
  expect(neededBytes / 1e9).toBeCloseTo(gigabytes, 1)
})

it('the parts, as the plan shows them', () => {
  const { components } = estimateMemory(settings({ batch: 8, checkpointed: 'controlnet' }), SD15)
  expect(components.map(({ name, bytes }) => `${name} ${(bytes / 1e9).toFixed(1)}`).join('  ')).toBe(
    'base 2.1  controlnet 1.4  optimiser 2.9  activations 5.7  overhead 1.2',
  )
  const small = estimateMemory(settings({ batch: 1, checkpointed: 'controlnet' }), SD15)
  expect(small.components.map(({ name }) => name)).toEqual([
    ...['base', 'controlnet', 'optimiser', 'gradients', 'overhead'],
  ])
})

it.each([
  [8.59e9, 0.5],
  [12.9e9, 1],
  [null, 1],
])('the margin of a card with %d bytes', (totalBytes, gigabytes) => {
  expect(marginBytes([{ totalBytes }])).toBe(gigabytes * 1e9)
})
