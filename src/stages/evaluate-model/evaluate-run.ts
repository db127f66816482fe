/** Draws what an evaluation needs, reads it, and works the figures out. What a killed evaluation drew is not drawn again. */
import { appendFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { conditionOf } from '../../conditions/index.ts'
import {
  evaluateStep,
  makeEvaluation,
  type EvaluatedCase,
  type Evaluation,
  type StepStatistics,
} from '../../evaluation/evaluation-document.ts'
import { measureOf, type Measure } from '../../evaluation/measures/index.ts'
import { readChosenStep } from '../../tools/runs/chosen-step.ts'
import type { DrawingProgram } from '../../tools/python/drawing-program.ts'
import type { StageContext } from '../../types.ts'
import { drawSeries, type Series } from './draw-pictures.ts'
import { chooseSize, readSteps, stepsFile, type ChosenSize } from './evaluation-size-file.ts'
import type { HeldOutRow } from './held-out-cases.ts'
import { openPictureReader, type PictureReader } from './picture-reader.ts'

interface Given {
  readonly rows: readonly HeldOutRow[]
  readonly program: DrawingProgram
}

export async function evaluateRun(context: StageContext, { rows, program }: Given): Promise<Evaluation> {
  const { config, paths, plan } = context
  const { measure: name } = conditionOf(config.condition.kind)
  const measure = measureOf(name)
  const facts = await program.ready
  const step = (await readChosenStep(paths.run))?.step ?? plan.training.total_steps
  const size = await chooseSize(context, { rows, step, program, measure })
  const chosen = size.rows.map((index) => rows[index]!)
  const series = planSeries(context, { step, size, measure })
  const files = await drawSeries(context, { series, rows: chosen, program })
  const { num_inference_steps, guidance_scale } = config.evaluate
  const reader = measure === null ? null : await openPictureReader(context, measure)
  try {
    const drawn = {
      ...{ seed: config.train.seed, num_inference_steps, guidance_scale },
      ...{ device: facts.device, precision: facts.precision, shrunk: size.shrunk },
      annotator: reader?.identity ?? null,
    }
    const head = { run: basename(paths.run), step, measure: name, drawn }
    if (reader === null || measure === null)
      return makeEvaluation({ ...head, cases: chosen.map(withoutTruth), pictures: NO_PICTURES, steps: [] })
    const cases = await reader.readCases(chosen)
    const read = (of: string) => reader.readAll(files.get(of)!)
    const pictures = {
      model: await read(modelSeries(step)),
      floor: await read('floor'),
      baseline: await read('baseline'),
    }
    const steps = await evaluateSteps(context, {
      measure,
      step,
      size,
      cases,
      files,
      reader,
      model: pictures.model,
    })
    return makeEvaluation({ ...head, cases, pictures, steps })
  } finally {
    await reader?.close()
  }
}

const NO_PICTURES = { model: [], floor: [], baseline: [] } as const
const withoutTruth = (): EvaluatedCase => ({ truth: { faces: [], condition: null }, tone: null })

/** Pictures of a step are named alike, whether it is the model's or an earlier one. */
export const modelSeries = (step: number): string => `step-${step}`

interface Steps {
  readonly step: number
  readonly size: ChosenSize
  readonly measure: Measure | null
}

/** The model first: whoever looks on sees that. */
function planSeries({ paths }: StageContext, { step, size, measure }: Steps): Series[] {
  const model: Series = { name: modelSeries(step), kind: 'draw', controlnet: paths.model, scale: 1 }
  if (measure === null) return [model]
  return [
    model,
    { name: 'baseline', kind: 'draw', controlnet: paths.model, scale: 0 },
    { name: 'floor', kind: 'round_trip' },
    ...size.steps.map(({ step: earlier, folder }): Series => {
      return { name: modelSeries(earlier), kind: 'draw', controlnet: folder, scale: 1 }
    }),
  ]
}

interface Curve extends Steps {
  readonly measure: Measure
  readonly cases: readonly EvaluatedCase[]
  readonly files: ReadonlyMap<string, readonly string[]>
  readonly reader: PictureReader
  /** What was read in the model's pictures. */
  readonly model: Awaited<ReturnType<PictureReader['readAll']>>
}

/** Those that are known already, and those whose pictures were drawn now. The model's own is noted for when another step is chosen. */
async function evaluateSteps(
  context: StageContext,
  { measure, step, size, cases, files, reader, model }: Curve,
): Promise<StepStatistics[]> {
  const known = await readSteps(context)
  const { seed } = context.config.train
  const note = async (one: StepStatistics): Promise<void> => {
    if (known.some((other) => other.step === one.step)) return
    await appendFile(stepsFile(context), `${JSON.stringify(one)}\n`)
    known.push(one)
  }
  await note(evaluateStep(measure.name, { step, seed, cases, readings: model }))
  for (const { step: earlier } of size.steps) {
    if (known.some((other) => other.step === earlier)) continue
    const readings = await reader.readAll(files.get(modelSeries(earlier))!)
    await note(evaluateStep(measure.name, { step: earlier, seed, cases, readings }))
  }
  return known
}
