/** The next commands that verdicts name. */
import { environmentKindOf } from '../../environment/kinds.ts'
import { kitCommand, setWords } from '../../next-step.ts'
import { findSmallerSettings } from '../../presets/smaller-settings.ts'
import { planModelParts } from '../base-model/model-parts.ts'
import type { TrainerFailure } from './failure-kind.ts'

export const RESUME = kitCommand('resume')
/** Shows what stands in the way, and touches nothing. */
export const PLAN = kitCommand('plan')
/** Writes the dataset anew where its files were changed. */
export const PREPARE = kitCommand('prepare')

export const ANEW = kitCommand('train', { flags: { again: true } })

/** Goes on with the run: who reads the pictures changes nothing that is learned. */
const ONE_READER = kitCommand('train', { set: { 'train.dataloader_num_workers': 0 } })

export const FULL_PRECISION = kitCommand('train', { set: { 'train.mixed_precision': 'no' } })

/** Behind a remedy for what the kit can't do: `Free some space, then: controlnet-kit resume`. */
export const thenResume = (what: string): string => `${what}, then: ${RESUME}`

/** Where a package or a library is missing: the kit makes its own environment anew, a person's is theirs to mend. */
export const whenIncomplete = ({ config }: TrainerFailure): string =>
  `${environmentKindOf(config).whenIncomplete}: ${RESUME}`

/** Reading the pictures in the trainer itself takes less memory; null where it does that already. */
export function oneReader({ settings }: TrainerFailure): string | null {
  return settings.dataloader_num_workers === 0 ? null : ONE_READER
}

const OTHER_PROGRAMS = 'See with nvidia-smi whether other programs use the card.'

/** Settings that take less GPU memory than those of the run, and fit; the run can go on with them. */
export function lessGpuMemory({ settings, config, models = {}, step, roomBytes }: TrainerFailure): string {
  const model = planModelParts(config, models)
  const find = (bytes: number | null) =>
    findSmallerSettings({ settings, config, model, roomBytes: bytes, keepsOptimiser: step > 0 })
  const smaller = (roomBytes === null ? null : find(roomBytes)) ?? find(null)
  if (smaller !== null)
    return `${OTHER_PROGRAMS} Less memory, and the same is learned: ${kitCommand('train', { set: smaller.set })}`
  const smallest = `No other setting takes less: ${setWords({ 'train.preset': 'cpu' })} trains on the CPU.`
  return `${OTHER_PROGRAMS} ${smallest}`
}
