/** Draws series of pictures: one of each condition. A file that is there was drawn before, and is whole. */
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import type { DrawingProgram } from '../../tools/python/drawing-program.ts'
import type { DrawingJob } from '../../trainer/drawing-program.ts'
import type { StageContext } from '../../types.ts'
import { reportProgress } from '../progress.ts'
import { evaluationFolder, type HeldOutRow } from './held-out-cases.ts'

export type Series =
  | {
      /** Folder of its pictures in `{run}/evaluation/`. */
      readonly name: string
      readonly kind: 'draw'
      readonly controlnet: string
      /** Conditioning scale. */
      readonly scale: number
    }
  | { readonly name: string; readonly kind: 'round_trip' }

interface Given {
  readonly series: readonly Series[]
  readonly rows: readonly HeldOutRow[]
  readonly program: DrawingProgram
}

/** Returns the files of each series, in the order of the rows. */
export async function drawSeries(
  context: StageContext,
  { series, rows, program }: Given,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const { report, signal } = context
  const total = series.length * rows.length
  const progress = reportProgress({ report, stage: 'evaluate-model', total, unit: 'pictures' })
  const files = new Map<string, string[]>()
  let [done, known] = [0, 0]
  for (const one of series) {
    const drawn: string[] = []
    for (const row of rows) {
      signal.throwIfAborted()
      const { output, seconds } = await drawOne(context, { series: one, row, program })
      if (seconds === null) known++
      drawn.push(output)
      progress(++done, () => ({ known }))
    }
    files.set(one.name, drawn)
  }
  return files
}

interface One {
  readonly series: Series
  readonly row: HeldOutRow
  readonly program: DrawingProgram
}

/** `seconds`: null where it was there. */
export async function drawOne(
  { config, paths }: StageContext,
  { series, row, program }: One,
): Promise<{ readonly output: string; readonly seconds: number | null }> {
  const { resolution } = config.dataset
  const name = `${String(row.index).padStart(3, '0')}.png`
  const output = join(evaluationFolder(paths.run), series.name, name)
  const size = { width: resolution, height: resolution }
  const job: DrawingJob =
    series.kind === 'round_trip'
      ? { kind: 'round_trip', picture: row.original, ...size, output }
      : {
          ...{ kind: 'draw', controlnet: series.controlnet, scale: series.scale, ...size, output },
          ...{ condition: row.condition, prompt: row.prompt, negative_prompt: '' },
          ...{ seed: config.train.seed + row.index },
          guidance: config.evaluate.guidance_scale,
          steps: config.evaluate.num_inference_steps,
        }
  const isThere = await access(output).then(
    () => true,
    () => false,
  )
  return { output, seconds: isThere ? null : await program.draw(job) }
}
