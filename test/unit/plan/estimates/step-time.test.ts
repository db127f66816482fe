import { describe, expect, it } from 'vitest'
import {
  describeCpu,
  estimateStepTime,
  type Processor,
  type StepWork,
} from '../../../../src/plan/estimates/step-time.ts'
import {
  countPictureOperations,
  countSampleOperations,
} from '../../../../src/plan/estimates/training-flops.ts'

const SD15 = { unet: 859_520_964, vae: 83_653_863, textEncoder: 123_060_480, controlnet: 361_279_120 }
const H200: Processor = { kind: 'gpu', peakOperations: 989e12, bandwidth: 4.8e12 }
const PLAIN: StepWork = {
  ...{ model: SD15, resolution: 512, batch: 4, accumulation: 1, loaderWorkers: 4 },
  ...{ cachesLatents: false, cachesCaptions: false, checkpointsControlnet: false, checkpointsUnet: false },
}
const CACHED = { cachesLatents: true, cachesCaptions: true }
const BOTH = { checkpointsControlnet: true, checkpointsUnet: true }

describe('operations of a sample of Stable Diffusion 1.5 at 512 px, 1e9', () => {
  it.each<[what: string, change: Partial<StepWork>, expected: number]>([
    ['upstream', {}, 3395],
    ['latents cached', { cachesLatents: true }, 2278],
    ['both caches', CACHED, 2265],
    ['ControlNet checkpointed', { checkpointsControlnet: true }, 3579],
    ['a quarter of the area', { ...CACHED, resolution: 256 }, 566],
  ])('%s', (_, change, expected) => {
    expect(countSampleOperations({ ...PLAIN, ...change }) / 1e9).toBeCloseTo(expected, -0.4)
  })

  it('a preview of 20 steps costs as much as 13 or 14 samples', () => {
    expect(countPictureOperations(SD15, 512, 20) / countSampleOperations(PLAIN)).toBeCloseTo(13.5, 0)
  })

  it('scales with the networks: a tenth of the values is a tenth of the work', () => {
    const model = Object.fromEntries(
      Object.entries(SD15).map(([name, values]) => [name, values / 10]),
    ) as typeof SD15
    expect(countSampleOperations({ ...PLAIN, model }) / countSampleOperations(PLAIN)).toBeCloseTo(0.1)
  })
})

/** Whole programs, measured on an H200: docs/gpus.md. */
describe('seconds a step, within 25 % of what was measured', () => {
  it.each<[what: string, change: Partial<StepWork>, measured: number]>([
    ['upstream, batch 4, no workers', { loaderWorkers: 0 }, 0.249],
    ['upstream, batch 4', {}, 0.19],
    ['builtin, batch 4', {}, 0.165],
    ['builtin, batch 4, both caches', CACHED, 0.146],
    ['upstream, batch 16', { batch: 16, loaderWorkers: 8 }, 0.316],
    ['builtin, batch 16, both caches', { ...CACHED, batch: 16, loaderWorkers: 8 }, 0.195],
    ['without a loader, batch 1', { batch: 1 }, 0.168],
    ['without a loader, batch 32', { batch: 32, loaderWorkers: 16 }, 0.513],
    ['without a loader, batch 32, both caches', { ...CACHED, batch: 32, loaderWorkers: 16 }, 0.336],
    ['without a loader, batch 32, both checkpointed', { ...BOTH, batch: 32, loaderWorkers: 16 }, 0.591],
  ])('%s', (_, change, measured) => {
    const { low, expected, high } = estimateStepTime({ ...PLAIN, ...change }, H200)
    expect(expected / measured).toBeGreaterThan(0.75)
    expect(expected / measured).toBeLessThan(1.25)
    expect(low).toBeLessThan(measured)
    expect(high).toBeGreaterThan(measured)
  })
})

it('a published training on an A100 lies within the limits', () => {
  // NeMo, batch 8 with flash attention: 16.40 pictures a second.
  const a100: Processor = { kind: 'gpu', peakOperations: 312e12, bandwidth: 2.039e12 }
  const { low, high } = estimateStepTime({ ...PLAIN, batch: 8 }, a100)
  expect(8 / 16.4).toBeGreaterThan(low)
  expect(8 / 16.4).toBeLessThan(high)
})

it('accumulation repeats all but the update', () => {
  const once = estimateStepTime(PLAIN, H200)
  const thrice = estimateStepTime({ ...PLAIN, accumulation: 3 }, H200)
  expect(thrice.expected).toBeLessThan(3 * once.expected)
  expect(thrice.expected).toBeGreaterThan(2.9 * once.expected)
})

it('a slow loader is what a step waits for', () => {
  const { expected } = estimateStepTime(
    { ...PLAIN, batch: 32, loaderWorkers: 1 },
    { ...H200, peakOperations: 1e18 },
  )
  expect(expected).toBeCloseTo(32 * 0.0111 + (44 * SD15.controlnet) / 4.8e12)
})

it('more cores are as much faster', () => {
  const two = estimateStepTime(PLAIN, describeCpu(2)).expected
  expect(two / estimateStepTime(PLAIN, describeCpu(16)).expected).toBeGreaterThan(6)
})
