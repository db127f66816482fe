import { expect, it } from 'vitest'
import { buildPlan, planContext } from '../../../src/plan/build-plan.ts'
import { checkRecordedSettings } from '../../../src/plan/checks/recorded-settings.ts'
import { stageSpecs } from '../../../src/stages/index.ts'
import type { CudaFact, Facts, GpuFact, TrainingSettings } from '../../../src/types.ts'
import { bareFacts, config, makeGpu } from './facts.ts'
import { told } from '../told.ts'

function facts(gpus: readonly GpuFact[], cuda: Partial<CudaFact> = {}): Facts {
  return { ...bareFacts, gpus, cuda: { visibleDevices: null, parts: [], trouble: null, ...cuda } }
}

const card = makeGpu({ name: 'NVIDIA RTX A6000', gib: 48 })
/** Batch 16, bf16. */
const recorded = planContext(config(), facts([card])).training.settings

const check = (found: Facts, more: Partial<TrainingSettings> = {}) =>
  told(checkRecordedSettings({ ...recorded, ...more }, found, config()))

it.each<[string, Facts, Partial<TrainingSettings>]>([
  ['the same machine', facts([card]), {}],
  ['another card that is large enough', facts([makeGpu({ gib: 40, name: 'other' })]), {}],
  ['memory that is not told: it fitted before', facts([makeGpu({ freeBytes: null })]), {}],
  [
    'fp16, on an older card',
    facts([makeGpu({ gib: 48, computeCapability: 7.5 })]),
    { mixed_precision: 'fp16' },
  ],
  ['the CPU, which every machine has', facts([]), { device: 'cpu', mixed_precision: 'no' }],
])('fits: %s', (_name, found, more) => expect(check(found, more)).toBeNull())

it.each<[string, Facts, Partial<TrainingSettings>, Record<string, string>]>([
  [
    'no card',
    facts([]),
    {},
    {
      code: 'gpu-missing',
      found: 'no GPU',
      expected: 'a GPU: the run trains on NVIDIA RTX A6000 (GPU 0)',
      remedy: 'Go on where the run began.',
    },
  ],
  [
    'a card that is hidden',
    facts([card], { visibleDevices: '' }),
    {},
    { code: 'gpu-missing', found: 'no GPU (CUDA_VISIBLE_DEVICES=)' },
  ],
  [
    'too few cards',
    facts([card]),
    { num_processes: 2 },
    { code: 'gpu-missing', found: '1 GPU', expected: '2 GPUs: the run trains on NVIDIA RTX A6000 (GPU 0)' },
  ],
  ['an old driver', facts([makeGpu({ driver: '470.1' })]), {}, { code: 'gpu-driver' }],
  ['a name that matches no card', facts([card], { visibleDevices: '3' }), {}, { code: 'gpu-selection' }],
  [
    'a card without bf16',
    facts([makeGpu({ gib: 48, name: 'Quadro RTX 8000', computeCapability: 7.5 })]),
    {},
    {
      code: 'gpu-precision',
      found: 'Quadro RTX 8000, compute capability 7.5',
      expected: 'compute capability 8.0 or newer: the run trains in bf16 on NVIDIA RTX A6000 (GPU 0)',
    },
  ],
  [
    'a card that is half full',
    facts([{ ...card, freeBytes: 20e9 }]),
    {},
    {
      code: 'gpu-memory',
      found: '20.0 GB free of 51.5 GB on NVIDIA RTX A6000 (GPU 0)',
      expected: '26.9 GB for preset 40gb: batch 16, bf16',
      remedy:
        'Other programs hold 31.6 GB of the card: close them (nvidia-smi lists them), or take less. This fits, with the same effective batch: controlnet-kit train --set train.preset=24gb',
    },
  ],
])('does not fit: %s', (_name, found, more, expected) => expect(check(found, more)).toMatchObject(expected))

/** Facts with an unfinished run that began on the first card. */
function withRun(found: Facts): Facts {
  const begun = buildPlan({ config: config(SD), configFile: null, facts: facts([card]), specs: stageSpecs })
  const { fingerprint } = begun.stages.find(({ name }) => name === 'train-controlnet')!
  const run = {
    id: 'r1',
    folder: '/r1',
    status: 'stopped' as const,
    checkpoint: 20,
    checkpoints: 1,
    stamps: {},
  }
  return { ...found, runs: [{ ...run, fingerprint, settings: recorded }] }
}

const SD = { base_model: { repo: 'stable-diffusion-v1-5/stable-diffusion-v1-5' } }

it.each<[string, Facts, string[]]>([
  ['where it began', facts([card]), []],
  ['on a card without bf16', facts([makeGpu({ gib: 48, computeCapability: 7.5 })]), ['gpu-precision']],
  ['on a card that is half full', facts([{ ...card, freeBytes: 20e9 }]), ['gpu-memory']],
  ['without a GPU', facts([]), ['gpu-missing']],
])('a run that is to go on %s', (_name, found, codes) => {
  const plan = buildPlan({
    ...{ config: config(SD), configFile: null, facts: withRun(found), specs: stageSpecs },
    run: 'r1',
  })
  const failed = plan.checks.filter(({ status }) => status === 'fail')
  expect(failed.map(({ code }) => code)).toEqual(codes)
  if (found.gpus.length > 0) {
    expect(plan.previous_run?.id).toBe('r1')
    expect(plan.training.settings).toMatchObject({
      preset: '40gb',
      train_batch_size: 16,
      mixed_precision: 'bf16',
    })
  }
})

it.each([
  [{ preset: '24gb' }, [8, 2]],
  [{ train_batch_size: 4 }, [4, 4]],
  [{ gradient_accumulation_steps: 16 }, [1, 16]],
])('the same run goes on with %j', (train, batch) => {
  const of = config({ ...SD, train })
  const plan = buildPlan({ config: of, configFile: null, facts: withRun(facts([card])), specs: stageSpecs })
  const { train_batch_size, gradient_accumulation_steps } = plan.training.settings
  expect([plan.previous_run?.id, train_batch_size, gradient_accumulation_steps]).toEqual(['r1', ...batch])
})
