/** What the GPUs are doing, asked now and then. */
import { setTimeout as wait } from 'node:timers/promises'
import { GPU_USAGE_FIELDS, parseGpuUsage } from '../../environment/nvidia-smi-output.ts'
import type { GpuUsage } from '../../types.ts'
import { tryOutput } from '../processes/collect-output.ts'
import { findNvidiaSmi } from './observe-gpus.ts'

/** A person reads no faster, and each question starts a program. */
const EVERY_MS = 5_000
const TIMEOUT_MS = 4_000
/** A driver that does not answer so often is left alone. */
const MOST_FAILURES = 3

const ARGUMENTS = [`--query-gpu=${GPU_USAGE_FIELDS}`, '--format=csv,noheader,nounits']

/** Calls `tell` with all GPUs until the signal ends it; never where there is no driver. */
export async function followGpuUsage(
  tell: (gpus: readonly GpuUsage[]) => void,
  { signal, everyMs = EVERY_MS }: { readonly signal: AbortSignal; readonly everyMs?: number },
): Promise<void> {
  const file = await findNvidiaSmi()
  if (file === null) return
  for (let failures = 0; failures < MOST_FAILURES && !signal.aborted;) {
    const output = await tryOutput({ file, args: ARGUMENTS }, TIMEOUT_MS)
    const gpus = output?.exitCode === 0 ? parseGpuUsage(output.stdout) : []
    failures = gpus.length > 0 ? 0 : failures + 1
    if (gpus.length > 0 && !signal.aborted) tell(gpus)
    await wait(everyMs, undefined, { signal, ref: false }).catch(() => undefined)
  }
}
