/** How long a plan takes, part by part. Pure. */
import { configuredBase } from '../../base-models/index.ts'
import { annotatorOf } from '../../annotators/index.ts'
import { planDevice } from '../../environment/device.ts'
import { findGpuCard, type GpuCard } from '../../environment/gpu-cards.ts'
import { environmentKindOf } from '../../environment/kinds.ts'
import { configuredSource } from '../../sources/index.ts'
import type { PlanContext, PlannedStage, RunFact, TimePart, TimePlan, TimeRange } from '../../types.ts'
import { isActive } from '../active-stages.ts'
import { planDiskNeeds } from './disk-needs.ts'
import { estimateEvaluationTime } from './evaluation-time.ts'
import {
  describeCpu,
  estimateComputeTime,
  estimateStepTime,
  type Processor,
  type StepWork,
} from './step-time.ts'
import { countPictureOperations, type NetworkSizes } from './training-flops.ts'

export interface TimeInput extends PlanContext {
  readonly stages: readonly PlannedStage[]
  /** The run that goes on, or null. */
  readonly previous: RunFact | null
  readonly model: NetworkSizes
  /** What trains; null for a card of which nothing is known. */
  readonly processor: Processor | null
}

/** Null when the training's share can't be told: a card that is in no table, or no pictures to train on. */
export function planTime(input: TimeInput): TimePlan | null {
  const { processor, stages, training } = input
  if (isActive(stages, ['train-controlnet']) && (processor === null || training.rows === 0)) return null
  const parts = [
    part('set-up', environmentTime(input)),
    part('downloads', downloadTime(input)),
    part('pictures', pictureTime(input)),
    part('training', trainingTime(input)),
    part('previews', previewTime(input)),
    part('checkpoints', checkpointTime(input)),
    part('verification', verificationTime(input)),
    part('evaluation', evaluationTime(input)),
  ].filter(({ high_s }) => high_s > 0)
  const sum = (key: keyof TimeRange): number => parts.reduce((total, each) => total + each[key], 0)
  return {
    basis: 'table',
    ...{ low_s: sum('low_s'), expected_s: sum('expected_s'), high_s: sum('high_s') },
    parts,
  }
}

type Seconds = readonly [low: number, expected: number, high: number]
const NOTHING: Seconds = [0, 0, 0]

function part(name: string, [low, expected, high]: Seconds): TimePart {
  return { name, low_s: Math.round(low), expected_s: Math.round(expected), high_s: Math.round(high) }
}

/** What trains on this machine; null for a card that is in no table. */
export function findProcessor({ training, facts, config }: PlanContext): Processor | null {
  if (training.settings.device === 'cpu') return describeCpu(facts.machine.cores)
  const [gpu] = planDevice(config, facts).gpus
  const card = gpu === undefined ? null : findGpuCard(gpu.name)
  return card === null ? null : gpuProcessor(card)
}

export function gpuProcessor({ teraflops, bandwidthGb }: GpuCard): Processor {
  return { kind: 'gpu', peakOperations: teraflops * 1e12, bandwidth: bandwidthGb * 1e9 }
}

/** Measured with a mirror nearby; builds for CUDA download 3 GB. */
const VENV_S: Readonly<Record<'cpu' | 'cuda', Seconds>> = { cpu: [30, 60, 300], cuda: [90, 240, 1200] }

/** Packages of a person's own are imported once, to try them. */
const TRIAL_S: Seconds = [5, 10, 60]

function environmentTime({ config, facts, stages }: TimeInput): Seconds {
  if (!isActive(stages, ['create-environment'])) return NOTHING
  if (!environmentKindOf(config).isMade) return TRIAL_S
  return VENV_S[planDevice(config, facts).backend === 'cpu' ? 'cpu' : 'cuda']
}

/** Bytes a second of a line: 1 Gbit/s, 200 Mbit/s, 40 Mbit/s. */
const LINE = [125e6, 25e6, 5e6] as const
const DOWNLOADS = ['base model', 'captioning model']

function downloadTime(input: TimeInput): Seconds {
  const { spec, given } = configuredBase(input.config)
  const isRemote = spec.hubOf(given) !== null
  const bytes = planDiskNeeds(input)
    .filter(({ what }) => DOWNLOADS.includes(what) && (isRemote || what !== 'base model'))
    .reduce((total, need) => total + need.bytes, 0)
  return [bytes / LINE[0], bytes / LINE[1], bytes / LINE[2]]
}

/** Core-seconds of a row besides finding the face: read, hash, crop, draw, encode, write. */
const ROW_S = 0.03

function pictureTime({ config, facts, stages, training }: TimeInput): Seconds {
  if (!isActive(stages, ['annotate-images', 'write-dataset'])) return NOTHING
  const pictures = Math.max(facts.source.pictures, training.rows + training.validation_rows)
  const annotator = annotatorOf(config.condition.annotator)
  const looks = config.condition.kind === 'face-landmarks' && isActive(stages, ['annotate-images'])
  const find =
    looks && annotator.from === 'picture' ? annotator.onAnyPicture(config.condition.quality).coreMs / 1000 : 0
  const { spec, given } = configuredSource(config.dataset.source)
  const made = isActive(stages, ['collect-images']) ? (spec.made?.coreSecondsEach(given) ?? 0) : 0
  const seconds = (pictures * (made + find + ROW_S)) / facts.machine.cores
  return [0.6 * seconds, seconds, 2.5 * seconds]
}

/** Imports, weights and first kernels: 21 to 32 s on a GPU, 8 to 20 s on a CPU with a small model. */
const START_S: Readonly<Record<Processor['kind'], Seconds>> = { gpu: [20, 27, 60], cpu: [8, 14, 40] }

function trainingTime(input: TimeInput): Seconds {
  const { stages, training, previous } = input
  if (!isActive(stages, ['train-controlnet'])) return NOTHING
  const steps = Math.max(0, training.total_steps - (previous?.checkpoint ?? 0))
  const start = START_S[training.settings.device === 'cpu' ? 'cpu' : 'gpu']
  const step = tableStep(input, input.processor!)
  return [0, 1, 2].map((limit) => start[limit]! + steps * step[limit]!) as unknown as Seconds
}

function tableStep(input: TimeInput, processor: Processor): Seconds {
  const { low, expected, high } = estimateStepTime(stepWork(input), processor)
  return [low, expected, high]
}

function stepWork({ config, training, model }: TimeInput): StepWork {
  const { settings } = training
  return {
    model,
    resolution: config.dataset.resolution,
    cachesLatents: settings.cache_latents,
    cachesCaptions: settings.cache_captions,
    checkpointsControlnet: settings.gradient_checkpointing,
    checkpointsUnet: settings.gradient_checkpointing_unet,
    batch: settings.train_batch_size,
    accumulation: settings.gradient_accumulation_steps,
    loaderWorkers: settings.dataloader_num_workers,
  }
}

const PREVIEW_STEPS = 20
/** A pipeline is loaded for each round of previews. */
const PIPELINE_S: Seconds = [1, 3, 10]

function previewTime(input: TimeInput): Seconds {
  const { config, stages, training, model, processor } = input
  if (!isActive(stages, ['train-controlnet']) || processor === null) return NOTHING
  const { count } = training.previews
  const pictures = Math.min(training.validation_rows, config.train.num_validation_images)
  const operations = countPictureOperations(model, config.dataset.resolution, PREVIEW_STEPS)
  const { low, expected, high } = estimateComputeTime(pictures * operations, processor)
  return [low, expected, high].map((each, limit) => count * (each + PIPELINE_S[limit]!)) as unknown as Seconds
}

/** Bytes a second that a disk takes: an NVMe disk, a plain SSD, a network file system. */
const DISK = [2e9, 5e8, 1e8] as const

function checkpointTime(input: TimeInput): Seconds {
  if (!isActive(input.stages, ['train-controlnet'])) return NOTHING
  const need = planDiskNeeds(input).find(({ checkpoints }) => checkpoints !== undefined)
  if (need?.checkpoints === undefined || need.checkpoints === 0) return NOTHING
  const bytes = (need.bytes / need.checkpoints) * input.training.checkpoints.count
  return [bytes / DISK[0], bytes / DISK[1], bytes / DISK[2]]
}

/** Loads the pipeline, looks at every weight, draws one picture. */
const VERIFY_S: Seconds = [5, 15, 60]

function verificationTime({ stages }: TimeInput): Seconds {
  return isActive(stages, ['verify-model']) ? VERIFY_S : NOTHING
}

function evaluationTime(input: TimeInput): Seconds {
  const { stages, processor } = input
  if (!isActive(stages, ['evaluate-model']) || processor === null) return NOTHING
  const step = tableStep(input, input.processor!)
  const seconds = { low: step[0], expected: step[1], high: step[2] }
  const { low, expected, high } = estimateEvaluationTime(input, { processor, stepSeconds: seconds })
  return [low, expected, high]
}
