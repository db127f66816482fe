/**
 * How much an evaluation takes in, decided once and kept beside its pictures, so that one that goes on after a kill does the same.
 * `{run}/evaluation/size.json`, `steps.ndjson`.
 */
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { planEvaluationSize, READING_SECONDS, thinSteps } from '../../evaluation/evaluation-size.ts'
import type { StepStatistics } from '../../evaluation/evaluation-document.ts'
import type { Measure } from '../../evaluation/measures/index.ts'
import { writeFileAtomic } from '../../tools/files/atomic-write.ts'
import { findKeptSteps, type KeptStep } from '../../tools/runs/fidelity-files.ts'
import { readMetrics } from '../../tools/runs/metrics-file.ts'
import type { DrawingProgram } from '../../tools/python/drawing-program.ts'
import type { StageContext } from '../../types.ts'
import { drawOne } from './draw-pictures.ts'
import { evaluationFolder, type HeldOutRow } from './held-out-cases.ts'

export interface ChosenSize {
  /** Places of the rows. */
  readonly rows: readonly number[]
  /** Earlier steps to evaluate. */
  readonly steps: readonly KeptStep[]
  /** Why it is less than there is; null: it is not. */
  readonly shrunk: string | null
}

interface Given {
  readonly rows: readonly HeldOutRow[]
  /** The model's. */
  readonly step: number
  readonly program: DrawingProgram
  readonly measure: Measure | null
}

/** What was decided before, for the same settings and model; else by the time that the first pictures take. */
export async function chooseSize(context: StageContext, given: Given): Promise<ChosenSize> {
  const file = join(evaluationFolder(context.paths.run), 'size.json')
  const kept = await readKept(file)
  const { fingerprint } = context.stage
  const there = await findKeptSteps(context.paths.run)
  if (kept?.fingerprint === fingerprint) {
    const known = (await readSteps(context)).map(({ step }) => step)
    const steps = there.filter(
      ({ step }) => kept.steps.includes(step) && step !== given.step && !known.includes(step),
    )
    return { rows: kept.rows, shrunk: kept.shrunk, steps }
  }
  await forget(context)
  const size = await measureSize(context, { ...given, there })
  const document = {
    fingerprint,
    rows: size.rows,
    steps: size.steps.map(({ step }) => step),
    shrunk: size.shrunk,
  }
  await writeFileAtomic(file, `${JSON.stringify(document)}\n`)
  return size
}

/** Pictures and figures that were made with other settings. The rows were just written. */
async function forget({ paths }: StageContext): Promise<void> {
  const folder = evaluationFolder(paths.run)
  for (const name of await readdir(folder).catch(() => [])) {
    if (name !== 'rows') await rm(join(folder, name), { recursive: true, force: true })
  }
}

async function measureSize(
  context: StageContext,
  { rows, step, program, measure, there }: Given & { readonly there: readonly KeptStep[] },
): Promise<ChosenSize> {
  const { config, paths } = context
  const steps = measure === null ? [] : there.filter((one) => one.step < step)
  const series = { name: `step-${step}`, kind: 'draw', controlnet: paths.model, scale: 1 } as const
  const most = Math.min(config.evaluate.count, rows.length)
  if (!config.evaluate.shrink) return { rows: spread(rows.length, most), steps, shrunk: null }
  const times: number[] = []
  // The first one takes longer: what computes warms up.
  for (const row of rows.slice(0, 2))
    times.push((await drawOne(context, { series, row, program })).seconds ?? 0)
  const { count, earlierSteps } = planEvaluationSize({
    available: rows.length,
    wanted: config.evaluate.count,
    earlierSteps: steps.length,
    secondsEach: Math.min(...times) + READING_SECONDS,
    trainingSeconds: readMetrics(join(paths.run, 'metrics.ndjson')).reduce(
      (sum, { seconds }) => sum + (seconds ?? 0),
      0,
    ),
  })
  const thinned = thinSteps(
    steps.map((one) => one.step),
    earlierSteps,
  )
  const less = [
    ...(count < most ? [`${count} of ${most} conditions`] : []),
    ...(thinned.length < steps.length ? [`${thinned.length} of ${steps.length} earlier steps`] : []),
  ]
  return {
    rows: spread(rows.length, count),
    steps: steps.filter((one) => thinned.includes(one.step)),
    shrunk:
      less.length === 0
        ? null
        : `${less.join(' and ')}: all would take over a tenth of the training, or a minute`,
  }
}

/** So many places, evenly over all: rows lie in the order of their names, and like pictures often have like names. */
function spread(available: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => Math.floor((index * available) / count))
}

export function stepsFile({ paths }: Pick<StageContext, 'paths'>): string {
  return join(evaluationFolder(paths.run), 'steps.ndjson')
}

/** Steps that were evaluated with these settings. A line that a kill has torn is left out. */
export async function readSteps(context: Pick<StageContext, 'paths'>): Promise<StepStatistics[]> {
  const text = await readFile(stepsFile(context), 'utf8').catch(() => '')
  return text.split('\n').flatMap((line) => parse<StepStatistics>(line) ?? [])
}

interface Kept {
  readonly fingerprint: string
  readonly rows: readonly number[]
  readonly steps: readonly number[]
  readonly shrunk: string | null
}

async function readKept(file: string): Promise<Kept | null> {
  return parse<Kept>(await readFile(file, 'utf8').catch(() => ''))
}

function parse<T>(text: string): T | null {
  try {
    return JSON.parse(text) as T
  } catch {
    return null
  }
}
