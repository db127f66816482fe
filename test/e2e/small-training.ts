/** A project whose training is as small as can be: the builtin engine on the CPU. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

interface SmallTraining {
  readonly steps: number
  readonly checkpointEvery: number
  /** More lines of the config, such as `hooks: { finished: … }`. */
  readonly more?: string
}

export async function writeSmallTraining(project: string, training: SmallTraining): Promise<void> {
  await writeFile(join(project, 'controlnet.yaml'), describeSmallTraining(training))
}

const describeSmallTraining = ({ steps, checkpointEvery, more = '' }: SmallTraining): string => `version: 1
name: small
dataset:
  source: { generated: 8 }
  crop: center
  resolution: 64
  validation: { count: 2 }
base_model: { generated: tiny }
environment: { torch: cpu }
train:
  engine: builtin
  preset: cpu
  train_batch_size: 2
  gradient_accumulation_steps: 1
  max_train_steps: ${steps}
  checkpointing_steps: ${checkpointEvery}
  validation_steps: 1000
evaluate: { enabled: false }
${more}`
