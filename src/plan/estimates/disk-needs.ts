/** What a plan still puts on disks, as far as it can be told beforehand. Pure. */
import { configuredBase } from '../../base-models/index.ts'
import { configuredSource } from '../../sources/index.ts'
import { findBaseModelProblems } from '../../trainer/base-model/base-model-check.ts'
import { planDevice } from '../../environment/device.ts'
import { environmentKindOf } from '../../environment/kinds.ts'
import {
  checkpointBytes,
  estimateControlnetValues,
  halvedBytes,
  weightBytes,
} from '../../trainer/base-model/model-size.ts'
import { BLIP } from '../../environment/pins.ts'
import type { Facts, PlanContext, PlannedStage, RunFact } from '../../types.ts'
import { isActive } from '../active-stages.ts'
import { countKeptSteps } from './evaluation-time.ts'

export type Place = keyof Facts['disks']

export interface DiskNeed {
  readonly place: Place
  readonly what: string
  /** How many checkpoints it is. */
  readonly checkpoints?: number
  readonly bytes: number
}

export interface Planned extends PlanContext {
  readonly stages: readonly PlannedStage[]
  /** The run that is gone on with, or null. */
  readonly previous: RunFact | null
}

/** Returns what is still to be made; what is there already needs nothing. */
export function planDiskNeeds(planned: Planned): DiskNeed[] {
  return [
    ...datasetNeeds(planned),
    ...environmentNeeds(planned),
    ...captionerNeeds(planned),
    ...baseModelNeeds(planned),
    ...trainingNeeds(planned),
  ].filter(({ bytes }) => bytes > 0)
}

/** A picture and its conditioning image at 512 px. */
const ROW_BYTES_AT_512 = 500_000

/** The trainer copies the dataset once, into its own cache. */
function datasetNeeds(planned: Planned): DiskNeed[] {
  const { config, facts, training } = planned
  const { source, resolution } = config.dataset
  const rows = training.rows + training.validation_rows
  const dataset = rows * ROW_BYTES_AT_512 * (resolution / 512) ** 2
  const stage = planned.stages.find(({ name }) => name === 'write-dataset')
  const isCopied = facts.datasetCopies.includes(stage?.fingerprint ?? '')
  const writes = isActive(planned.stages, ['write-dataset'])
  const copies = isActive(planned.stages, ['train-controlnet']) && (writes || !isCopied)
  const { spec, given } = configuredSource(source)
  const { made } = spec
  const isMade = made !== null && isActive(planned.stages, ['collect-images'])
  return [
    {
      place: 'cache',
      what: 'made-up pictures',
      bytes: isMade ? made.count(given) * made.bytesEach(given) : 0,
    },
    { place: 'dataset', what: 'dataset', bytes: writes ? dataset : 0 },
    { place: 'cache', what: "the trainer's copy of the dataset", bytes: copies ? dataset : 0 },
  ]
}

/** Measured; builds of torch for GPUs bring CUDA with them. */
const ENVIRONMENT_BYTES = { cpu: 1.6e9, cuda: 7e9 }

function environmentNeeds(planned: Planned): DiskNeed[] {
  const { isMade } = environmentKindOf(planned.config)
  if (!isMade || !isActive(planned.stages, ['create-environment'])) return []
  const { backend } = planDevice(planned.config, planned.facts)
  const bytes = backend === 'cpu' ? ENVIRONMENT_BYTES.cpu : ENVIRONMENT_BYTES.cuda
  return [{ place: 'cache', what: 'environment', bytes }]
}

function captionerNeeds(planned: Planned): DiskNeed[] {
  const { captioner } = planned.facts
  const isFetched = captioner?.kind === 'blip' && captioner.folder === null && !captioner.isThere
  if (!isFetched || !isActive(planned.stages, ['annotate-images'])) return []
  return [{ place: 'cache', what: 'captioning model', bytes: BLIP.weightBytes }]
}

function baseModelNeeds(planned: Planned): DiskNeed[] {
  const { config, facts } = planned
  const stage = planned.stages.find(({ name }) => name === 'fetch-base-model')
  const { cachedBytes } = configuredBase(config).spec
  if (cachedBytes === 0 || stage === undefined || stage.action === 'reuse') return []
  const found = facts.baseModel
  if (stage.action === 'create' && found !== null && findBaseModelProblems(found).length === 0) return []
  return [{ place: 'cache', what: 'base model', bytes: cachedBytes - (found?.partialBytes ?? 0) }]
}

/** Checkpoints at their peak: a new one is written before the oldest goes. */
function trainingNeeds(planned: Planned): DiskNeed[] {
  if (!isActive(planned.stages, ['train-controlnet'])) return []
  const { config, facts, previous } = planned
  const values = estimateControlnetValues({
    usual: configuredBase(config).spec.parts?.controlnet ?? null,
    base: facts.baseModel,
    start: facts.startControlnet,
  })
  const count = Math.max(0, countCheckpoints(planned) - (previous?.checkpoints ?? 0))
  const each = checkpointBytes(values)
  const what = count === 1 ? '1 checkpoint' : `${count} checkpoints`
  return [
    { place: 'runs', what, bytes: count * each, checkpoints: count },
    { place: 'runs', what: 'model', bytes: weightBytes(values) },
    {
      place: 'runs',
      what: 'halved copies for the evaluation',
      bytes: countKept(planned) * halvedBytes(values),
    },
  ]
}

/** One for each checkpoint before the last step; those of a run that goes on are there. */
function countKept({ config, training, previous }: Planned): number {
  const there = Math.floor((previous?.checkpoint ?? 0) / training.checkpoints.every)
  return Math.max(0, countKeptSteps({ config, training }) - there)
}

/** The builtin engine saves one at the end as well. */
function countCheckpoints({ config, training }: Planned): number {
  const { every, count } = training.checkpoints
  const last = config.train.engine === 'builtin' && training.total_steps % every > 0 ? 1 : 0
  return Math.min(config.train.checkpoints_total_limit + 1, count + last)
}
