import { UserError } from '../../../errors.ts'
import { kitCommand } from '../../../next-step.ts'
import type { TrainingMaths } from '../../../types.ts'
import type { BrokenLoss } from './loss-check.ts'

interface LossError {
  readonly broken: BrokenLoss
  /** The newest whole one from before that step. */
  readonly checkpoint: number | null
  readonly hint?: string
}

export function lossError({ broken: { word, step }, checkpoint, hint }: LossError): UserError {
  const rest =
    checkpoint === null ? '' : ` Checkpoint ${checkpoint} is whole and from before; later ones are not.`
  const became = word === 'NaN' ? 'became NaN' : 'exploded'
  return new UserError(`The loss ${became} at step ${step}.${rest}`, {
    reason: 'training',
    code: word === 'NaN' ? 'loss-nan' : 'loss-exploded',
    ...(hint === undefined ? {} : { hint }),
  })
}

interface LossHint {
  /** That the run used. */
  readonly learningRate: number
  readonly precision: TrainingMaths['settings']['mixed_precision']
  readonly canBf16: boolean
}

/** The default; nothing above it is advised. */
const USUAL_RATE = 1e-5

/** Advises other values than those that the run used. */
export function lossHint({ learningRate, precision, canBf16 }: LossHint): string {
  const rate = Number(Math.min(learningRate / 10, USUAL_RATE).toPrecision(3)).toExponential()
  const toBf16 = precision === 'fp16' && canBf16
  const causes = `a learning rate that is too high${toBf16 ? '; fp16, where this card can do bf16' : ''}`
  const set = { 'train.learning_rate': rate, ...(toBf16 && { 'train.mixed_precision': 'bf16' }) }
  return `Usual causes: ${causes}.\n${kitCommand('train', { flags: { again: true }, set })}`
}
