import { makeGpu } from '../plan/facts.ts'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { configSchema } from '../../../src/config/schema.ts'
import { packageRoot } from '../../../src/tools/package-root.ts'
import { renderAccelerateConfig } from '../../../src/trainer/accelerate-config.ts'
import { renderTrainerArguments, withResume } from '../../../src/trainer/arguments.ts'
import { checkFlags } from '../../../src/trainer/check-flags.ts'
import { planLaunchCommand } from '../../../src/trainer/launch-command.ts'
import { planPreviews } from '../../../src/trainer/previews.ts'
import type { Paths, TrainingMaths, TrainingSettings } from '../../../src/types.ts'

const paths = {
  packageRoot: '/kit',
  python: '/venv/bin/python',
  trainerScript: '/cache/train_controlnet.py',
  baseModel: '/base',
  dataset: '/data',
  initialControlnet: '/data/.cnk/initial-controlnet',
  run: '{run}',
  output: '{run}/output',
  trainingData: '/data',
  datasetsCache: '/cache/datasets/1',
} as Paths

const settings: TrainingSettings = {
  preset: '16gb',
  device: 'cuda',
  gpu: 'NVIDIA H200 (GPU 0)',
  train_batch_size: 4,
  gradient_accumulation_steps: 4,
  mixed_precision: 'bf16',
  gradient_checkpointing: true,
  gradient_checkpointing_unet: false,
  cache_latents: false,
  cache_captions: false,
  use_8bit_adam: false,
  dataloader_num_workers: 4,
  num_processes: 1,
  allow_tf32: true,
}

const training: TrainingMaths = {
  rows: 1147,
  validation_rows: 16,
  settings,
  effective_batch: 16,
  steps_per_epoch: 72,
  total_steps: 216,
  checkpoints: { every: 72, count: 3 },
  previews: { every: 72, count: 3 },
}

const LEVERS = {
  ...{ use_8bit_adam: true, cache_latents: true, cache_captions: true, gradient_checkpointing_unet: true },
}
const withLevers = { ...training, settings: { ...settings, ...LEVERS } }

const parseConfig = (train: object = {}, dataset: object = {}) =>
  configSchema.parse({ version: 1, name: 'faces', dataset: { source: { folder: 'x' }, ...dataset }, train })

function render(train: object = {}, maths = training, prompts?: readonly string[]): string {
  const config = parseConfig(train)
  const validation = planPreviews(config, paths, maths)
  const args = renderTrainerArguments({
    config,
    training: maths,
    paths,
    validation: prompts === undefined ? validation : { ...validation, prompts },
    resume: null,
    variant: null,
    workingDirectory: '/home/me',
  })
  return args.join(' ')
}

describe('the command line of the training script', () => {
  it('with the defaults', () => {
    expect(render()).toBe(
      [
        '--pretrained_model_name_or_path=/base --train_data_dir=/data --image_column=image',
        '--conditioning_image_column=conditioning_image --caption_column=text --resolution=512',
        '--dataloader_num_workers=4 --seed=42 --train_batch_size=4 --gradient_accumulation_steps=4',
        '--max_train_steps=216 --learning_rate=0.00001 --lr_scheduler=constant --lr_warmup_steps=0',
        '--gradient_checkpointing --set_grads_to_none --allow_tf32',
        '--validation_prompt a portrait photo of a person a portrait photo of a person ',
        'a portrait photo of a person   a portrait photo of a person    --validation_image {run}/validation/000.png',
        '{run}/validation/001.png {run}/validation/002.png {run}/validation/003.png',
        '--num_validation_images=1 --validation_steps=72 --mixed_precision=bf16 --output_dir={run}/output',
        '--logging_dir=logs --report_to=tensorboard --tracker_project_name=train-controlnet',
        '--checkpointing_steps=72 --checkpoints_total_limit=3',
      ].join(' '),
    )
  })

  it.each([
    [{ lr_warmup_steps: 10 }, '--lr_scheduler=constant_with_warmup --lr_warmup_steps=10'],
    [{ lr_scheduler: 'cosine', lr_warmup_steps: 10 }, '--lr_scheduler=cosine --lr_warmup_steps=10'],
    [{ adam_epsilon: 1e-6, max_grad_norm: 0.5 }, '--adam_epsilon=0.000001 --max_grad_norm=0.5'],
    [{ controlnet_model_name_or_path: './start' }, '--controlnet_model_name_or_path=/home/me/start'],
    [{ controlnet_init: 'scaled' }, '--controlnet_model_name_or_path=/data/.cnk/initial-controlnet'],
    [{ proportion_empty_prompts: 0.2 }, '--proportion_empty_prompts=0.2'],
    [{ engine: 'builtin' }, '--samples_dir={run}/samples'],
  ])('%j', (train, part) => {
    expect(render(train)).toContain(part)
  })

  it('what makes a training fit a card', () => {
    expect(render({ engine: 'builtin' }, withLevers)).toContain(
      '--use_8bit_adam --cache_latents --cache_captions --gradient_checkpointing_unet',
    )
    expect(render({}, withLevers)).toContain('--allow_tf32 --use_8bit_adam --validation_prompt')
  })

  it('never holds what uploads, needs a token or belongs to the other engine', () => {
    const all = render({}, withLevers)
    expect(all).not.toMatch(/push_to_hub|hub_token|hub_model_id|scale_lr|xformers|cache_|_unet|samples_dir/)
  })

  it('no held-out rows: no previews', () => {
    expect(render({}, { ...training, validation_rows: 0 })).not.toContain('--validation_prompt')
  })

  it('a prompt that looks like a flag stays a prompt', () => {
    expect(render({}, training, ['--nope'])).toContain('--validation_prompt  --nope --validation_image')
  })

  it('going on from a checkpoint replaces an older wish to do so', () => {
    const args = ['--a=1', '--resume_from_checkpoint=checkpoint-1']
    expect(withResume(args, 'checkpoint-72')).toEqual(['--a=1', '--resume_from_checkpoint=checkpoint-72'])
  })
})

describe('flags and scripts', () => {
  const script = `
    parser.add_argument("--one", type=int)
    parser.add_argument(
        '--two',
        default=None,
    )`

  it('refuses what the script does not know', () => {
    checkFlags(['--one=1', '--two', 'value'], script, 's.py')
    expect(() => checkFlags(['--one=1', '--three'], script, 's.py')).toThrow(
      'The training script does not take --three: s.py',
    )
  })

  it('the builtin engine knows every flag that it is given', () => {
    const own = readFileSync(join(packageRoot, 'python/train_arguments.py'), 'utf8')
    const everything = {
      engine: 'builtin',
      controlnet_model_name_or_path: 'x',
      proportion_empty_prompts: 0.5,
      lr_num_cycles: 2,
      lr_power: 2,
      adam_beta1: 0.8,
      adam_beta2: 0.9,
      adam_weight_decay: 0.1,
      adam_epsilon: 1e-6,
      max_grad_norm: 2,
    }
    const args = withResume(render(everything, withLevers).split(' '), 'checkpoint-1')
    const known = new Set([...own.matchAll(/^ {4}(\w+): .+ = flag\(/gm)].map(([, name]) => `--${name}`))
    const given = args.filter((arg) => arg.startsWith('--')).map((arg) => arg.split('=')[0]!)
    expect(given.length).toBeGreaterThan(40)
    expect(given.filter((flag) => !known.has(flag))).toEqual([])
  })
})

describe('train.extra', () => {
  const extra = (value: object) => render({ extra: value })

  it.each([
    [{ allow_tf32: false, set_grads_to_none: false }, /--gradient_checkpointing --validation_prompt /],
    [{ tracker_project_name: 'faces' }, /--checkpoints_total_limit=3 --tracker_project_name=faces$/],
    [{ enable_xformers_memory_efficient_attention: true }, / --enable_xformers_memory_efficient_attention$/],
    [{ variant: 'fp16' }, / --variant=fp16$/],
    [{ max_train_samples: 1147 }, / --max_train_samples=1147$/],
    // A list is followed by another flag.
    [{ of_a_local_script: ['a', 'b c'] }, /^--of_a_local_script a b c --pretrained_model_name_or_path=/],
  ])('%j', (value, expected) => {
    expect(extra(value)).toMatch(expected)
    for (const name of Object.keys(value)) expect(extra(value).split(`--${name}`).length).toBeLessThan(3)
  })

  it('more samples than there are rows are all of them', () => {
    expect(extra({ max_train_samples: 2000 })).not.toContain('max_train_samples')
  })
})

describe('trackers', () => {
  const command = (trackers: readonly string[]) =>
    planLaunchCommand({ config: parseConfig({ trackers }), paths, settings, gpus: [], args: [] })

  it('TensorBoard is always on; with another one upstream takes one word for all that are installed', () => {
    expect(render()).toContain('--report_to=tensorboard')
    expect(render({ trackers: ['wandb'] })).toContain('--report_to=all')
  })

  it('a key goes by its name alone, and only to whom it is for', () => {
    expect(command(['wandb'])).toMatchObject({
      inherit: expect.arrayContaining(['WANDB_API_KEY', 'WANDB_MODE']),
      env: expect.objectContaining({ WANDB_ERROR_REPORTING: 'false' }),
    })
    expect(command([])).not.toHaveProperty('inherit')
    expect(JSON.stringify(command([]).env)).not.toContain('WANDB')
  })
})

describe('accelerate', () => {
  it.each([
    [
      {},
      [
        "distributed_type: 'NO'",
        'num_processes: 1',
        'use_cpu: false',
        "mixed_precision: 'bf16'",
        'gpu_ids: all',
      ],
    ],
    [
      { device: 'cpu', mixed_precision: 'no' },
      ["distributed_type: 'NO'", 'use_cpu: true', "mixed_precision: 'no'"],
    ],
    [{ num_processes: 2 }, ['distributed_type: MULTI_GPU', 'num_processes: 2', 'use_cpu: false']],
    [
      { num_processes: 2, device: 'cpu' },
      ['distributed_type: MULTI_GPU', 'num_processes: 2', 'use_cpu: false'],
    ],
  ] as const)('config for %j', (change, lines) => {
    const text = renderAccelerateConfig({ ...settings, ...change })
    expect(text.split('\n')).toEqual(expect.arrayContaining([...lines, 'main_process_port: 0']))
  })

  it('the command starts both programs through launch.py, offline, with the dataset’s own cache', () => {
    const command = planLaunchCommand({
      config: parseConfig(),
      paths,
      settings,
      gpus: [makeGpu({ index: 3 })],
      args: ['--seed=1'],
    })
    expect([command.file, ...command.args].join(' ')).toBe(
      '/venv/bin/python /kit/python/launch.py --launcher --config_file {run}/accelerate.yaml ' +
        '/kit/python/launch.py /cache/train_controlnet.py --seed=1',
    )
    expect(command.cwd).toBe('{run}')
    expect(command.env).toMatchObject({
      HF_HUB_OFFLINE: '1',
      HF_DATASETS_CACHE: '/cache/datasets/1',
      CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
      CUDA_VISIBLE_DEVICES: '3',
      ACCELERATE_LOG_LEVEL: 'INFO',
    })
    expect(Object.keys(command.env).join(' ')).not.toMatch(/TOKEN$|ACCELERATE_USE_CPU/)
  })
})
