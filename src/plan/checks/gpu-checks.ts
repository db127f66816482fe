/** Python, the build of torch, the GPU: whether the training will compute where the plan says. Pure. */
import { setWords, type Overrides } from '../../next-step.ts'
import { canBf16, planDevice } from '../../environment/device.ts'
import { planExtras } from '../../environment/extras.ts'
import { parseDriver } from '../../environment/torch-backend.ts'
import { planEnvironment } from '../../environment/plan-environment.ts'
import { GPU_PRESETS } from '../../presets/index.ts'
import type { Check, PlanContext, PlannedStage } from '../../types.ts'
import { isActive } from '../active-stages.ts'

/** Stages that compute with torch. */
const COMPUTING = ['train-controlnet', 'verify-model'] as const

/** An environment that is there already was made for another driver, perhaps: the build is checked with it too. */
export function checkEnvironment(
  { config, facts, training }: PlanContext,
  stages: readonly PlannedStage[],
): readonly Check[] {
  const extras = planExtras(training.settings)
  const { checks, lastingChecks } = planEnvironment({ config, facts, extras })
  if (isActive(stages, ['create-environment'])) return checks
  return isActive(stages, COMPUTING) ? lastingChecks : []
}

/** What the driver does not tell is not taken for good without a word. */
export function checkDriver({ config, facts }: PlanContext, stages: readonly PlannedStage[]): Check[] {
  const { gpus, problem } = planDevice(config, facts)
  const silent = gpus.find(({ driver }) => parseDriver(driver) === null)
  const isSettled = problem !== null || config.environment.torch !== 'auto'
  if (silent === undefined || isSettled || !isActive(stages, COMPUTING)) return []
  return [
    {
      code: 'gpu-driver-unknown',
      path: null,
      status: 'warn',
      found: `${silent.name} does not tell the version of its driver`,
      expected: '580 or newer',
      remedy: `See with nvidia-smi which it is. For an older one: ${setWords({ 'environment.torch': 'cu126' })}`,
    },
  ]
}

/** The preset decides: a torch for CUDA would be gigabytes for nothing. */
export function checkCpuTorch({ config }: PlanContext, stages: readonly PlannedStage[]): Check[] {
  const { torch } = config.environment
  if (config.train.preset !== 'cpu' || !torch.startsWith('cu') || !isActive(stages, COMPUTING)) return []
  return [
    {
      code: 'torch-for-the-cpu',
      path: 'environment.torch',
      status: 'warn',
      found: `environment.torch: ${torch}, and train.preset: cpu`,
      expected: 'torch for the CPU, which is taken, since the preset trains there',
      remedy: `To say so: ${setWords({ 'environment.torch': 'cpu' })}`,
    },
  ]
}

/** A GPU was asked for by name: the CPU in its place would take weeks. */
export function checkGpuIsThere({ config, facts }: PlanContext, stages: readonly PlannedStage[]): Check[] {
  const { device, problem } = planDevice(config, facts)
  if (device === 'cuda' || problem !== null || !isActive(stages, COMPUTING)) return []
  const wish = gpuWish(config)
  if (wish === null) return []
  const found = describeAbsence(config, facts)
  return [{ code: 'gpu-missing', status: 'fail', found, ...wish }]
}

function gpuWish({
  train,
  environment,
}: PlanContext['config']): Pick<Check, 'path' | 'expected' | 'remedy'> | null {
  const toTheCpu = (set: Overrides): string => `To train on the CPU: ${setWords(set)}`
  if (GPU_PRESETS.some(({ name }) => name === train.preset)) {
    const expected = `a GPU for preset ${train.preset}`
    return { path: 'train.preset', expected, remedy: toTheCpu({ 'train.preset': 'cpu' }) }
  }
  if (train.preset === 'cpu' || environment.torch === 'auto' || environment.torch === 'cpu') return null
  const expected = `a GPU for torch ${environment.torch}`
  return { path: 'environment.torch', expected, remedy: toTheCpu({ 'environment.torch': 'cpu' }) }
}

function describeAbsence({ environment }: PlanContext['config'], facts: PlanContext['facts']): string {
  if (environment.torch === 'cpu') return 'environment.torch: cpu'
  if (facts.gpus.length === 0) return 'nvidia-smi lists no GPU'
  return `CUDA_VISIBLE_DEVICES=${facts.cuda.visibleDevices ?? ''}, so no GPU`
}

export function checkPrecision({ config, facts, training: { settings } }: PlanContext): Check[] {
  const path = 'train.mixed_precision'
  if (settings.mixed_precision === 'fp16' && settings.device === 'cpu') {
    const remedy = 'Set train.mixed_precision to bf16 or no.'
    const expected = 'bf16 or no on the CPU'
    return [{ code: 'fp16-on-cpu', path, status: 'fail', found: 'fp16 without a GPU', expected, remedy }]
  }
  const slow = planDevice(config, facts).gpus.find((gpu) => !canBf16(gpu))
  if (settings.mixed_precision !== 'bf16' || slow === undefined) return []
  const found = `bf16 on ${slow.name}, compute capability ${slow.computeCapability ?? 'unknown'}`
  const expected = 'compute capability 8.0 or newer; older cards imitate it, slowly'
  const remedy = `Take fp16: ${setWords({ 'train.mixed_precision': 'fp16' })}`
  return [{ code: 'bf16-on-gpu', path, status: 'warn', found, expected, remedy }]
}
