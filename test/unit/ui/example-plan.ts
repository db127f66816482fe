import { configSchema } from '../../../src/config/schema.ts'
import type { Plan, PlannedStage, StageAction, StageName } from '../../../src/types.ts'

function stage(
  name: StageName,
  title: string,
  action: StageAction,
  rest: Partial<PlannedStage> = {},
): PlannedStage {
  return {
    name,
    title,
    action,
    reason: '',
    summary: '',
    fingerprint: 'f'.repeat(64),
    stamp: `/home/me/${name}.json`,
    commands: [],
    outputs: [],
    ...rest,
  }
}

const unchanged = { reason: 'unchanged since 10:12' }

/** A plan as `controlnet-kit plan` makes it: the dataset is there, the rest is not. */
export const examplePlan: Plan = {
  v: 1,
  kit_version: '0.1.0',
  name: 'face-landmarks',
  config_file: 'controlnet.yaml',
  config: configSchema.parse({
    version: 1,
    name: 'face-landmarks',
    dataset: { source: { folder: './photos' } },
  }),
  paths: {} as Plan['paths'],
  condition: {
    title: 'face landmarks',
    drives: 'where the 68 landmarks of each face are, drawn as spiga-seg',
    from_any_picture: {
      command: 'controlnet-kit annotate photo.jpg',
      cost: 'embedded annotator, 0.6 MB; 43 ms of one core a picture',
    },
    made: null,
  },
  stages: [
    stage('collect-images', 'collect images', 'reuse', unchanged),
    stage('annotate-images', 'annotate images', 'reuse', unchanged),
    stage('write-dataset', 'write dataset', 'rebuild', {
      reason: 'dataset.resolution changed',
      summary: '1,147 + 16 rows',
    }),
    stage('create-environment', 'create environment', 'create', {
      reason: 'new',
      summary: 'torch 2.13.0 cu130',
      commands: [
        { file: 'python3.12', args: ['-m', 'venv', '{cache}/envs/1a2b.tmp'], env: {}, cwd: '/home/me/faces' },
        {
          file: '{cache}/envs/1a2b.tmp/bin/python',
          args: ['-m', 'pip', 'install', '--require-hashes', '--requirement', 'python/diffusers.lock.txt'],
          env: { PIP_NO_INPUT: '1' },
          cwd: '/home/me/faces',
        },
      ],
    }),
    stage('train-controlnet', 'train ControlNet', 'create', {
      reason: 'new',
      summary: 'diffusers engine',
      commands: [
        {
          file: '{cache}/envs/1a2b/bin/python',
          args: [
            'python/launch.py',
            '--validation_prompt',
            "a person's face",
            '--seed',
            '42',
            '--allow_tf32',
          ],
          env: { HF_HUB_OFFLINE: '1' },
          cwd: '{run}',
        },
      ],
    }),
    stage('verify-model', 'verify model', 'create', { reason: 'new' }),
  ],
  training: {
    rows: 1147,
    validation_rows: 16,
    settings: {
      preset: '16gb',
      device: 'cuda',
      gpu: 'Tesla T4 (GPU 0)',
      train_batch_size: 4,
      gradient_accumulation_steps: 4,
      mixed_precision: 'fp16',
      gradient_checkpointing: true,
      gradient_checkpointing_unet: false,
      cache_latents: false,
      cache_captions: false,
      use_8bit_adam: false,
      dataloader_num_workers: 2,
      num_processes: 1,
      allow_tf32: true,
    },
    effective_batch: 16,
    steps_per_epoch: 72,
    total_steps: 216,
    checkpoints: { every: 72, count: 3 },
    previews: { every: 72, count: 3 },
  },
  settings_reason:
    'preset 16gb: the largest that fits the 15.7 GB free; fp16: compute capability 7.5, bf16 needs 8.0',
  memory: [
    {
      ...{ gpu: 'Tesla T4 (GPU 0)', basis: 'measured', total_bytes: 16.1e9, free_bytes: 15.7e9 },
      ...{ needed_bytes: 13.41e9, margin_bytes: 1e9, fits: true, cheapest_preset: null },
      components: [
        { name: 'base', bytes: 2.13e9 },
        { name: 'controlnet', bytes: 1.45e9 },
        { name: 'optimiser', bytes: 2.89e9 },
        { name: 'activations', bytes: 5.69e9 },
        { name: 'overhead', bytes: 1.25e9 },
      ],
    },
  ],
  time: null,
  disk: [],
  cost: null,
  effects: {
    writes: ['/home/me/faces/dataset', '/home/me/faces/runs', '/home/me/.cache/controlnet-kit'],
    contacts: ['huggingface.co', 'github.com', 'your pip index'],
    publishes: null,
  },
  checks: [
    { code: 'disk-runs', status: 'pass', found: '214 GB', expected: '', remedy: '' },
    { code: 'source', status: 'pass', found: '1,204 pictures', expected: '', remedy: '' },
    {
      code: 'python-venv',
      status: 'warn',
      found: 'Python 3.11.2 has no ensurepip',
      expected: '',
      remedy: 'apt-get install python3.11-venv',
    },
  ],
  previous_run: null,
  pending: [
    { path: '/training/rows', stage: 'write-dataset' },
    { path: '/training/steps_per_epoch', stage: 'write-dataset' },
    { path: '/training/total_steps', stage: 'write-dataset' },
  ],
}
