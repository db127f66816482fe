/** What the kit never asks of diffusers' script, or always. docs/training.md lists the rules, and where the others are tested. */
import { expect, it } from 'vitest'
import { configSchema } from '../../../src/config/schema.ts'
import { buildPlan } from '../../../src/plan/build-plan.ts'
import { stageSpecs } from '../../../src/stages/index.ts'
import { withResume } from '../../../src/trainer/arguments.ts'
import type { Facts } from '../../../src/types.ts'
import { bareFacts, config, makeGpu } from '../plan/facts.ts'

const many: Facts = { ...bareFacts, source: { ...bareFacts.source, pictures: 400 } }

function command(train: Record<string, unknown> = {}, facts = many) {
  const plan = buildPlan({ config: config({ train }), configFile: null, facts, specs: stageSpecs })
  return { plan, ...plan.stages.find(({ name }) => name === 'train-controlnet')!.commands[0]! }
}

const valueOf = (args: readonly string[], name: string) =>
  args.find((arg) => arg.startsWith(`--${name}=`))?.split('=')[1]

it('previews: at most four, each with a prompt of its own', () => {
  const { args } = command()
  const start = args.indexOf('--validation_prompt')
  const prompts = args.slice(start + 1, args.indexOf('--validation_image'))
  expect(prompts).toHaveLength(4)
  expect(new Set(prompts).size).toBe(4)
  expect(new Set(prompts.map((prompt) => prompt.trim())).size).toBe(1)
})

it('never fewer than two checkpoints are kept: the oldest is removed before the new one is whole', () => {
  expect(Number(valueOf(command().args, 'checkpoints_total_limit'))).toBeGreaterThanOrEqual(2)
  const one = {
    version: 1,
    name: 'x',
    dataset: { source: { folder: 'x' } },
    train: { checkpoints_total_limit: 1 },
  }
  expect(configSchema.safeParse(one).success).toBe(false)
})

it('never --resume_from_checkpoint=latest: a checkpoint that is whole is named', () => {
  expect(valueOf(command().args, 'resume_from_checkpoint')).toBeUndefined()
  expect(valueOf(withResume(command().args, 'checkpoint-72'), 'resume_from_checkpoint')).toBe('checkpoint-72')
})

it('always --report_to with a word that it takes; always the steps, never the epochs', () => {
  const { args, plan } = command({ num_train_epochs: 7 })
  expect(valueOf(args, 'report_to')).toBe('tensorboard')
  expect(valueOf(args, 'max_train_steps')).toBe(String(plan.training.total_steps))
  expect(valueOf(args, 'num_train_epochs')).toBeUndefined()
})

it('checkpoints at ends of epochs, where that is near: it resumes exactly only there', () => {
  const { training } = command({ num_train_epochs: 20 }).plan
  expect(training.checkpoints.every % training.steps_per_epoch).toBe(0)
  expect(valueOf(command({ num_train_epochs: 20 }).args, 'checkpointing_steps')).toBe(
    String(training.checkpoints.every),
  )
})

it('a warm-up is never asked of a schedule that ignores it', () => {
  expect(valueOf(command({ lr_scheduler: 'constant', lr_warmup_steps: 10 }).args, 'lr_scheduler')).toBe(
    'constant_with_warmup',
  )
})

it('columns are always named, folders are local, and the tracker has a plain name', () => {
  const { args } = command()
  expect(
    ['image_column', 'conditioning_image_column', 'caption_column'].map((name) => valueOf(args, name)),
  ).toEqual(['image', 'conditioning_image', 'text'])
  expect(valueOf(args, 'train_data_dir')).toMatch(/^\//)
  expect(valueOf(args, 'pretrained_model_name_or_path')).toMatch(/^\{cache\}\//)
  expect(valueOf(args, 'logging_dir')).toBe('logs')
  expect(valueOf(args, 'tracker_project_name')).toMatch(/^[a-z0-9-]+$/)
})

it('bars are refreshed for each loss, events are told, and nothing is fetched', () => {
  const { env, cwd } = command()
  expect(env).toMatchObject({ ACCELERATE_LOG_LEVEL: 'INFO', HF_HUB_OFFLINE: '1', HF_DATASETS_OFFLINE: '1' })
  expect(Number(env['TQDM_MININTERVAL'])).toBeGreaterThan(5)
  expect(env['HF_DATASETS_CACHE']).toMatch(/^\{cache\}\/datasets\/[0-9a-f]{16}$/)
  expect(cwd).toBe('{run}')
})

it('Windows gets no data workers, Linux a few on a GPU', () => {
  const gpus = [makeGpu()]
  const workers = (os: 'linux' | 'win32') =>
    valueOf(
      command({}, { ...many, gpus, machine: { ...bareFacts.machine, os } }).args,
      'dataloader_num_workers',
    )
  expect([workers('linux'), workers('win32')]).toEqual(['4', '0'])
})
