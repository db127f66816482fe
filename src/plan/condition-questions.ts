/** The two questions to settle before anything is trained: what drives the image, and where conditions come from later. Pure. */
import { conditionOf } from '../conditions/index.ts'
import type { Check, Plan, PlanContext } from '../types.ts'

/** `known`: the rows are those of the dataset as it is, not an estimate. */
export function planCondition({ config, facts, training }: PlanContext, known: boolean): Plan['condition'] {
  const condition = conditionOf(config.condition.kind)
  const { pictures } = facts.source
  const rows = training.rows + training.validation_rows
  return {
    title: condition.title,
    drives: condition.drives(config.condition),
    from_any_picture: condition.fromAnyPicture(config.condition),
    made: known && pictures > 0 ? { rows, pictures } : null,
  }
}

/** A model whose conditions nobody can make is of no use: better said before it is trained. */
export function checkCondition({ config }: PlanContext): Check[] {
  const tool = conditionOf(config.condition.kind).fromAnyPicture(config.condition)
  const base = {
    code: 'condition-at-use-time',
    path: 'condition.kind',
    expected: 'a way to turn any regular picture into the condition',
  }
  if (tool !== null) return [{ ...base, status: 'pass', found: tool.command, remedy: '' }]
  const remedy =
    'Keep the program that made your conditioning images, and publish it with the model: without it nobody can use the model on pictures of their own.'
  return [
    { ...base, status: 'warn', found: 'the kit has no annotator for ready-made conditioning images', remedy },
  ]
}
