/** Whether a run can go on here with the settings that it began with. Pure. */
import { canBf16, planDevice, type DeviceFacts } from '../../environment/device.ts'
import type { Check, Config, Facts, PlanContext, RunFact, TrainingSettings } from '../../types.ts'
import { findMisfit } from './memory-checks.ts'

/** What does not fit, in the words of a check. */
export type Misfit = Pick<Check, 'code' | 'found' | 'expected' | 'remedy'>

/**
 * Returns null when the recorded settings fit this machine: the device is there and works, the cards are enough, know the
 * precision and have memory for the batch. Memory that the driver does not tell is no misfit: the run fitted before.
 *
 * @param config as the run recorded it.
 */
export function checkRecordedSettings(
  settings: TrainingSettings,
  facts: DeviceFacts & Pick<Facts, 'machine'> & Partial<Pick<Facts, 'baseModel' | 'startControlnet'>>,
  config: Config,
): Misfit | null {
  if (settings.device === 'cpu') return null
  const { gpus, problem } = planDevice(config, facts)
  if (problem !== null) return problem
  if (gpus.length < settings.num_processes) return tooFewGpus(settings, gpus.length, facts)
  const unfit = gpus.find((gpu) => settings.mixed_precision === 'bf16' && !canBf16(gpu))
  if (unfit !== undefined) {
    return {
      code: 'gpu-precision',
      found: `${unfit.name}, compute capability ${unfit.computeCapability ?? 'unknown'}`,
      expected: `compute capability 8.0 or newer: the run trains in bf16 on ${settings.gpu ?? 'a GPU'}`,
      remedy: 'Go on where the run began, or on a card that can do bf16.',
    }
  }
  const misfit = findMisfit({ settings, config, facts, gpus, hasBegun: true })
  return misfit?.code === 'gpu-memory' ? misfit : null
}

/**
 * The failed check of a run that would go on here and can't; null when it can, or another check says it already. Memory is
 * checked with the other settings (memory-checks.ts).
 */
export function checkRun(
  run: Pick<RunFact, 'settings' | 'status'> | null,
  { facts, config }: PlanContext,
  checks: readonly Check[],
): Check | null {
  if (run === null || run.settings === null || run.status === 'done') return null
  const misfit = checkRecordedSettings(run.settings, facts, config)
  if (misfit === null || misfit.code === 'gpu-memory') return null
  return checks.some(({ code }) => code === misfit.code) ? null : { ...misfit, path: null, status: 'fail' }
}

function tooFewGpus(
  { num_processes, gpu }: TrainingSettings,
  count: number,
  { cuda }: Pick<Facts, 'cuda'>,
): Misfit {
  const hidden = cuda.visibleDevices === null ? '' : ` (CUDA_VISIBLE_DEVICES=${cuda.visibleDevices})`
  return {
    code: 'gpu-missing',
    found: `${count === 0 ? 'no GPU' : `${count} GPU${count === 1 ? '' : 's'}`}${hidden}`,
    expected: `${num_processes === 1 ? 'a GPU' : `${num_processes} GPUs`}: the run trains on ${gpu ?? 'a GPU'}`,
    remedy: 'Go on where the run began.',
  }
}
