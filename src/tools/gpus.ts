import type { GpuFact } from '../types.ts'
import { GPU_FIELDS, parseGpus } from '../trainer/nvidia-smi-output.ts'
import { captureOutput } from './processes/capture-output.ts'

/** A wedged driver hangs for ever. */
const TIMEOUT_MS = 10_000

/** Under WSL it lies outside PATH. */
const PROGRAMS = ['nvidia-smi', '/usr/lib/wsl/lib/nvidia-smi']

/** The NVIDIA GPUs of this machine; none when there is no driver, or it does not answer. */
export async function observeGpus(): Promise<GpuFact[]> {
  for (const file of PROGRAMS) {
    const output = await captureOutput(
      { file, args: [`--query-gpu=${GPU_FIELDS}`, '--format=csv,noheader,nounits'] },
      TIMEOUT_MS,
    )
    if (output !== null) return output.exitCode === 0 ? parseGpus(output.stdout) : []
  }
  return []
}
