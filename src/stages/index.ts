import type { Stage } from '../types.ts'
import { annotateImages } from './annotate-images/annotate-images.ts'
import { collectImages } from './collect-images/collect-images.ts'
import { createEnvironment } from './create-environment/create-environment.ts'
import { evaluateModel } from './evaluate-model/evaluate-model.ts'
import { fetchBaseModel } from './fetch-base-model/fetch-base-model.ts'
import { fetchTrainer } from './fetch-trainer/fetch-trainer.ts'
import { scaleControlnet } from './scale-controlnet/scale-controlnet.ts'
import { trainControlnet } from './train-controlnet/train-controlnet.ts'
import { verifyModel } from './verify-model/verify-model.ts'
import { writeDataset } from './write-dataset/write-dataset.ts'

/** Every stage, in the order in which they run. */
export const stages: readonly Stage[] = [
  collectImages,
  annotateImages,
  writeDataset,
  createEnvironment,
  fetchTrainer,
  fetchBaseModel,
  scaleControlnet,
  trainControlnet,
  verifyModel,
  evaluateModel,
]

export const stageSpecs = stages.map(({ spec }) => spec)
