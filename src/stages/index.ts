import type { Stage } from '../types.ts'
import { annotateImages } from './annotate-images.ts'
import { collectImages } from './collect-images.ts'
import { createEnvironment } from './create-environment.ts'
import { fetchBaseModel } from './fetch-base-model.ts'
import { fetchTrainer } from './fetch-trainer.ts'
import { trainControlnet } from './train-controlnet.ts'
import { verifyModel } from './verify-model.ts'
import { writeDataset } from './write-dataset.ts'

/** Every stage, in the order in which they run. */
export const stages: readonly Stage[] = [
  collectImages,
  annotateImages,
  writeDataset,
  createEnvironment,
  fetchTrainer,
  fetchBaseModel,
  trainControlnet,
  verifyModel,
]

export const stageSpecs = stages.map(({ spec }) => spec)
