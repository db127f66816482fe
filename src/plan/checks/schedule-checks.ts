/** Whether the schedule fits the number of steps. Checked again when the dataset has settled that number. Pure. */
import { configuredBase } from '../../base-models/index.ts'
import { setWords } from '../../next-step.ts'
import type { Check, PlanContext, PlannedStage } from '../../types.ts'
import { isActive } from '../active-stages.ts'

type Rule = (context: PlanContext) => readonly Check[]

/** Codes of the checks that depend on the number of steps. */
export const SCHEDULE_CODES: readonly string[] = [
  'warmup',
  'lr-cycles',
  'part-of-an-epoch',
  'no-checkpoint-before-the-end',
  'no-previews-before-the-end',
  'few-steps',
]

const RULES: readonly Rule[] = [
  checkWarmup,
  checkCycles,
  checkEpoch,
  checkCheckpoints,
  checkPreviews,
  checkSteps,
]

export function checkSchedule(context: PlanContext, stages: readonly PlannedStage[]): readonly Check[] {
  return isActive(stages, ['train-controlnet']) ? RULES.flatMap((rule) => rule(context)) : []
}

/** Of the run: more than this share of it below the full learning rate is worth a word. */
const LONG_WARMUP = 0.2

function checkWarmup({ config, training: { total_steps: total } }: PlanContext): Check[] {
  const { lr_warmup_steps: steps, learning_rate: rate } = config.train
  if (steps <= total * LONG_WARMUP) return []
  const reached = Number(((total / steps) * rate).toPrecision(2)).toExponential()
  const end =
    steps === total
      ? `reaches ${rate.toExponential()} only at the last step`
      : `ends at ${reached}, not ${rate.toExponential()}`
  const tooLong = steps >= total
  const expected = tooLong
    ? `less than the ${total} steps of the run`
    : `at most a fifth of its ${total} steps`
  return [
    {
      code: 'warmup',
      path: 'train.lr_warmup_steps',
      status: tooLong ? 'fail' : 'warn',
      found: `${steps} steps of warm-up${tooLong ? `: the learning rate ${end}` : ''}`,
      expected,
      remedy: `A tenth of the run: ${setWords({ 'train.lr_warmup_steps': Math.floor(total / 10) })}`,
    },
  ]
}

function checkCycles({ config, training: { total_steps: total } }: PlanContext): Check[] {
  const { lr_scheduler, lr_num_cycles: cycles, lr_warmup_steps: warmup } = config.train
  const steps = total - warmup
  if (lr_scheduler !== 'cosine_with_restarts' || steps <= 0 || cycles * 2 <= steps) return []
  return [
    {
      code: 'lr-cycles',
      path: 'train.lr_num_cycles',
      status: 'fail',
      found: `${cycles} cycles of the learning rate in ${steps} steps`,
      expected: 'at least two steps in a cycle',
      remedy: `Fewer cycles: ${setWords({ 'train.lr_num_cycles': 1 })}`,
    },
  ]
}

function checkEpoch({ config, training }: PlanContext): Check[] {
  const { max_train_steps: steps, num_train_epochs: epochs } = config.train
  if (steps === undefined || steps >= training.steps_per_epoch || configuredBase(config).spec.isSmall)
    return []
  const seen = steps * training.effective_batch
  return [
    {
      code: 'part-of-an-epoch',
      path: 'train.max_train_steps',
      status: 'warn',
      found: `${steps} steps, which see ${seen} of ${training.rows} rows; num_train_epochs is ignored`,
      expected: `${training.steps_per_epoch} steps for one pass over the dataset`,
      remedy: `Leave max_train_steps out: ${epochs} epochs are ${epochs * training.steps_per_epoch} steps.`,
    },
  ]
}

function checkCheckpoints({ config, training: { total_steps: total } }: PlanContext): Check[] {
  const { checkpointing_steps: every } = config.train
  if (every === undefined || every <= total) return []
  return [
    {
      code: 'no-checkpoint-before-the-end',
      path: 'train.checkpointing_steps',
      status: 'warn',
      found: `a checkpoint every ${every} steps in a run of ${total}`,
      expected: `at most ${total}: there is one at the end only, and a run that is stopped starts again`,
      remedy: 'Leave checkpointing_steps out: it follows from the number of steps.',
    },
  ]
}

function checkPreviews({ config, training: { total_steps: total, previews } }: PlanContext): Check[] {
  const { validation_steps: every } = config.train
  if (every === undefined || every <= total || previews.count === 0) return []
  return [
    {
      code: 'no-previews-before-the-end',
      path: 'train.validation_steps',
      status: 'warn',
      found: `previews every ${every} steps in a run of ${total}`,
      expected: `at most ${total}: there are previews at the end only`,
      remedy: 'Leave validation_steps out: it follows from the number of steps.',
    },
  ]
}

const USUAL_STEPS = 4000

function checkSteps({ config, training }: PlanContext): Check[] {
  if (training.total_steps >= USUAL_STEPS || configuredBase(config).spec.isSmall) return []
  const remedy = 'More epochs, or more pictures.'
  const base = {
    code: 'few-steps',
    path: 'train.num_train_epochs',
    expected: 'ControlNets usually need 4,000 steps or more',
  }
  return [{ ...base, status: 'warn', found: `${training.total_steps} steps`, remedy }]
}
