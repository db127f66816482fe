/**
 * How long an optimiser step takes, from a card's data sheet. A step is as long as the slowest of three: the card's arithmetic, the
 * program that starts its kernels one by one, and the loader of pictures; the optimizer's update comes on top. Constants:
 * measured on one H200 (docs/gpus.md); other cards are scaled from it by their data sheets. Pure.
 */
import { countSampleOperations, type SampleWork } from './training-flops.ts'

/** What computes: a card's numbers, or those of the cores of a CPU. */
export interface Processor {
  readonly kind: 'gpu' | 'cpu'
  /** Operations a second at best, at the precision of the training. */
  readonly peakOperations: number
  /** Memory bandwidth, bytes a second. */
  readonly bandwidth: number
}

export interface StepWork extends SampleWork {
  /** Pictures of one process in one pass. */
  readonly batch: number
  readonly accumulation: number
  readonly loaderWorkers: number
}

/** Seconds: likely limits, and what is expected. */
export interface Range {
  readonly low: number
  readonly expected: number
  readonly high: number
}

/** Share of the peak that a training reaches. Published trainings: 0.13 to 0.30; the H200: 0.21 to 0.22. */
const REACHED: Readonly<Record<Processor['kind'], Range>> = {
  gpu: { low: 0.3, expected: 0.21, high: 0.13 },
  cpu: { low: 0.8, expected: 0.45, high: 0.2 },
}

/** Python starts about 2,700 kernels a step; on a CPU the same calls cost less than what they compute. */
const LAUNCH_S: Readonly<Record<Processor['kind'], Range>> = {
  gpu: { low: 0.12, expected: 0.17, high: 0.3 },
  cpu: { low: 0.04, expected: 0.08, high: 0.2 },
}

/** Two PNG files of 512 px decoded and made tensors, on one core; cached latents leave the smaller one. */
const LOAD_S = 0.0111
const LOAD_CACHED_S = 0.004

/** Bytes read and written for each trained value by AdamW: weights, gradients, two moments, and clipping. */
const OPTIMIZER_BYTES = 44

/** Seconds of one optimiser step. */
export function estimateStepTime(work: StepWork, processor: Processor): Range {
  return eachLimit((limit) => {
    const load = loadTime(work)
    const compute =
      (work.batch * countSampleOperations(work)) / (processor.peakOperations * REACHED[processor.kind][limit])
    const busy = Math.max(compute, LAUNCH_S[processor.kind][limit])
    const pass = work.loaderWorkers === 0 ? busy + load : Math.max(busy, load / work.loaderWorkers)
    return work.accumulation * pass + (OPTIMIZER_BYTES * work.model.controlnet) / processor.bandwidth
  })
}

/** Seconds of `operations` on a processor, without the cost of starting them. */
export function estimateComputeTime(operations: number, processor: Processor): Range {
  return eachLimit((limit) => operations / (processor.peakOperations * REACHED[processor.kind][limit]))
}

/** The cores of a CPU, at 32 bits. Measured: 86 GFLOP/s a core with AVX-512; older ones have half. */
export function describeCpu(cores: number): Processor {
  return { kind: 'cpu', peakOperations: cores * 86e9, bandwidth: 20e9 }
}

function loadTime({ batch, resolution, cachesLatents }: StepWork): number {
  return batch * (cachesLatents ? LOAD_CACHED_S : LOAD_S) * (resolution / 512) ** 2
}

function eachLimit(compute: (limit: keyof Range) => number): Range {
  return { low: compute('low'), expected: compute('expected'), high: compute('high') }
}
