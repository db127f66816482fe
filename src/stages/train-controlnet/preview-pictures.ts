/** The previews of a training: pictures in `samples/`, and what each was drawn from in `samples/samples.ndjson`. */
import { join, relative } from 'node:path'
import type { BoardEvent } from '../../formats/tensorboard/board-event.ts'
import { appendLine } from '../../tools/files/append-line.ts'
import { writeFileAtomic } from '../../tools/files/atomic-write.ts'
import { cutPicture } from '../../tools/images/cut-picture.ts'
import {
  planPreviews,
  previewCells,
  previewName,
  previewPairs,
  type PreviewPair,
} from '../../trainer/previews.ts'
import type { Paths, StageContext } from '../../types.ts'

export interface Preview extends PreviewPair {
  readonly step: number
  readonly path: string
}

type Run = Pick<Paths, 'run'>

const samplesFolder = ({ run }: Run): string => join(run, 'samples')

/** Adds a line to `samples.ndjson`; its paths start at the run folder. A picture's last line counts. */
export function recordPreview({ run }: Run, { step, path, prompt, condition }: Preview): void {
  const line = { step, picture: relative(run, path), prompt, condition: relative(run, condition) }
  appendLine(join(samplesFolder({ run }), 'samples.ndjson'), line)
}

/** Takes the events of one event file in order; returns the previews that it wrote. */
export type BoardPreviews = (event: BoardEvent) => Promise<Preview[]>

interface CutOptions {
  /** Previews for which it returns false are left out. */
  readonly wanted?: (step: number, path: string) => boolean
}

/**
 * Cuts the pictures of an event file apart: each is a conditioning image with the results beside it. The trainer draws
 * the last step's twice; the later ones stay.
 */
export function cutBoardPreviews(
  { config, paths, plan }: StageContext,
  { wanted = () => true }: CutOptions = {},
): BoardPreviews {
  const pairs = previewPairs(planPreviews(config, paths, plan.training))
  const results = config.train.num_validation_images
  let at = { step: -1, count: 0 }
  return async (event) => {
    const written: Preview[] = []
    for (const value of event.values) {
      if (value.kind !== 'picture' || pairs.length === 0) continue
      if (at.step !== event.step) at = { step: event.step, count: 0 }
      const index = at.count++ % pairs.length
      const { condition } = pairs[index]!
      const file = (result: number): string =>
        join(samplesFolder(paths), previewName(event.step, index * results + result))
      if (!wanted(event.step, file(0))) continue
      const cells = previewCells(value.width, value.height, results)
      for (const [result, png] of (await cutPicture(value.png, cells)).entries()) {
        await writeFileAtomic(file(result), png)
        written.push({ step: event.step, path: file(result), prompt: value.tag.trimEnd(), condition })
      }
    }
    return written
  }
}
