/** Measures how closely the model follows conditions that it was not trained on: `{run}/evaluation.json`. */
import { join } from 'node:path'
import { conditionOf } from '../../conditions/index.ts'
import { describeEvaluation } from '../../evaluation/describe-evaluation.ts'
import type { Evaluation } from '../../evaluation/evaluation-document.ts'
import { measureOf } from '../../evaluation/measures/index.ts'
import { writeFileAtomic } from '../../tools/files/atomic-write.ts'
import { withDrawingProgram } from '../../tools/python/drawing-program.ts'
import { planDrawingProgram } from '../../trainer/drawing-program.ts'
import type { Stage, StageContext } from '../../types.ts'
import { formatAmount } from '../../words.ts'
import { cleanUp } from './clean-up.ts'
import { evaluateRun } from './evaluate-run.ts'
import { readHeldOut } from './held-out-cases.ts'

export const evaluateModel: Stage = {
  spec: {
    name: 'evaluate-model',
    title: 'evaluate model',
    version: 1,
    failure: 'training',
    needed: ({ config }) => config.evaluate.enabled,
    after: ['verify-model'],
    settings: ({ config: { condition, dataset, evaluate, train } }) => {
      const { enabled: _, keep: __, ...pictures } = evaluate
      const measure = conditionOf(condition.kind).measure
      const reads = { annotator: condition.annotator, quality: condition.quality }
      return { ...pictures, measure, reads, faces: dataset.faces, seed: train.seed }
    },
    inputs: ({ facts }) => facts.pythonFiles['python/generate.py'] ?? null,
    outputs: (c) => [join(c.paths.run, EVALUATION_FILE)],
    stamp: (c) => `${c.paths.run}/evaluate-model.json`,
    commands: (c) => (c.training.validation_rows === 0 ? [] : [planDrawingProgram(c)]),
    summary: ({ config, training }) => {
      if (training.validation_rows === 0) return NOTHING_HELD_OUT
      const count = Math.min(config.evaluate.count, training.validation_rows)
      const { measure: name } = conditionOf(config.condition.kind)
      return `${measureOf(name)?.title ?? 'pictures'} on ${formatAmount(count, 'held-out condition')}`
    },
  },

  async run(context) {
    const { paths, signal, stage, report } = context
    const rows = await readHeldOut(context)
    const command = stage.commands[0]
    if (rows.length === 0 || command === undefined) return { line: NOTHING_HELD_OUT }
    const evaluation = await withDrawingProgram(command, { signal, reason: 'training' }, (program) =>
      evaluateRun(context, { rows, program }),
    )
    await writeFileAtomic(join(paths.run, EVALUATION_FILE), `${JSON.stringify(evaluation, null, 2)}\n`)
    await cleanUp(context, evaluation)
    reportFigures(evaluation, report)
    return { line: describeEvaluation(evaluation) }
  },
}

const EVALUATION_FILE = 'evaluation.json'
const NOTHING_HELD_OUT = 'skipped: no rows are held out, so there is nothing to measure with'

function reportFigures({ measure, model }: Evaluation, report: StageContext['report']): void {
  if (model === null) return
  for (const name of ['mean', 'detected', 'penalised'] as const) {
    const value = model[name]
    if (value !== null) report({ type: 'metric', name: `${measure}_${name}`, value })
  }
}
