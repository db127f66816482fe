/**
 * What trainings took on an NVIDIA H200 with torch 2.11: networks of Stable Diffusion 1.5's size, 512 px, bf16, one process.
 * Upstream's script took the same as the builtin engine without caches. docs/gpus.md.
 */
import type { Checkpointed } from './memory-model.ts'

interface Measured {
  readonly batch: number
  readonly checkpointed: Checkpointed
  /** Whether latents and captions came from a cache. */
  readonly cached: boolean
  readonly eightBit: boolean
  /** Memory of the card that nvidia-smi showed, in GB. */
  readonly deviceGb: number
}

type Row = readonly [batch: number, deviceGb: number]

const ADAMW: readonly Measured[] = [
  ...rows('none', false, [[1, 11.08], [2, 11.61], [4, 13.22], [8, 16.99], [16, 25.82], [32, 43.35]]), // prettier-ignore
  ...rows('controlnet', false, [[1, 10.85], [4, 11.84], [8, 13.41], [16, 19.13], [32, 30.27]]), // prettier-ignore
  ...rows('both', false, [[1, 10.74], [4, 11.83], [16, 17.2], [32, 27.01]]), // prettier-ignore
  ...rows('none', true, [[1, 10.24], [4, 12.5], [16, 25.65], [32, 43.65]]), // prettier-ignore
  ...rows('both', true, [[1, 10.16], [4, 10.31], [16, 13.33]]), // prettier-ignore
]

const EIGHT_BIT: readonly Measured[] = [
  ...rows('both', true, [[1, 6.69], [2, 6.98]]), // prettier-ignore
  ...rows('controlnet', false, [[1, 7.09]]),
  ...rows('none', false, [[4, 10.38]]),
  ...rows('none', true, [[4, 10.18]]),
].map((row) => ({ ...row, eightBit: true }))

const MEASURED = [...ADAMW, ...EIGHT_BIT]

function rows(checkpointed: Checkpointed, cached: boolean, of: readonly Row[]): Measured[] {
  return of.map(([batch, deviceGb]) => ({ batch, checkpointed, cached, eightBit: false, deviceGb }))
}

/** Bytes on the card; null where just this was not measured. */
export function findMeasuredBytes(of: Omit<Measured, 'deviceGb'>): number | null {
  const row = MEASURED.find(
    (one) =>
      one.batch === of.batch &&
      one.checkpointed === of.checkpointed &&
      one.cached === of.cached &&
      one.eightBit === of.eightBit,
  )
  return row === undefined ? null : row.deviceGb * 1e9
}
