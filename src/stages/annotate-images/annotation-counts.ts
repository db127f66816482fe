import { configuredSource } from '../../sources/index.ts'
import { annotatorOf } from '../../annotators/index.ts'
import type { Annotation } from '../../dataset/annotations/annotation.ts'
import {
  formatExample,
  MAX_EXAMPLES,
  type AnnotationSummary,
} from '../../dataset/annotations/annotation-summary.ts'
import type { Point } from '../../faces/face.ts'
import type { DarkDrawings } from '../../dataset/dark-drawing.ts'
import {
  landmarkFileName,
  measureLandmarkError,
  parseLandmarkFile,
} from '../../formats/landmark-files/face-synthetics.ts'
import type { Reject, RejectCounts } from '../../dataset/annotations/rejects.ts'
import type { CaptionTokenCounter } from '../../tools/captions/token-counter.ts'
import type { PictureSource } from '../../sources/picture-source.ts'
import type { StageContext } from '../../types.ts'

/** Counts rows and rejects, and measures the annotator's error if the source has exact landmarks. */
export class AnnotationCounts {
  readonly #source: PictureSource
  readonly #tokenCounter: CaptionTokenCounter
  readonly #hasExact: boolean
  #pictures = 0
  #kept = 0
  #exact = 0
  #longest = 0
  #overLimit = 0
  #dark: DarkDrawings | null = null
  readonly #rejected: RejectCounts = {}
  readonly #examples: string[] = []
  readonly #errors: number[] = []

  constructor(
    { config: { condition, dataset } }: StageContext,
    { source, tokenCounter }: { readonly source: PictureSource; readonly tokenCounter: CaptionTokenCounter },
  ) {
    this.#source = source
    this.#tokenCounter = tokenCounter
    this.#hasExact =
      annotatorOf(condition.annotator).from === 'picture' &&
      configuredSource(dataset.source).spec.hasExactLandmarks
  }

  async add(rows: readonly Annotation[]): Promise<void> {
    const [row] = rows as [Annotation]
    this.#pictures++
    if (row.rejected) this.#addRejected(row, row.rejected)
    else this.#addKept(rows)
    if (!this.#hasExact) return
    const exact = await this.#readExact(landmarkFileName(row.source))
    if (exact === null) return
    this.#exact++
    if (row.face) this.#errors.push(measureLandmarkError(row.face.landmarks, exact))
  }

  #addRejected(row: Annotation, { code }: Reject): void {
    this.#rejected[code] = (this.#rejected[code] ?? 0) + 1
    const example = this.#examples.length < MAX_EXAMPLES ? formatExample(row) : null
    if (example !== null) this.#examples.push(example)
  }

  #addKept(rows: readonly Annotation[]): void {
    this.#kept += rows.length
    for (const { caption_tokens: tokens = 0, conditioning_level: level } of rows) {
      this.#longest = Math.max(this.#longest, tokens)
      if (tokens > this.#tokenCounter.limit) this.#overLimit++
      if (level !== undefined) this.#dark = addDark(this.#dark, level)
    }
  }

  summarise(annotator: AnnotationSummary['annotator']): AnnotationSummary {
    const found = this.#errors.length
    const errorPercent = this.#errors.reduce((sum, error) => sum + error, 0) / found
    const accuracy = found === 0 ? null : { found, of: this.#exact, errorPercent }
    const { limit, counted } = this.#tokenCounter
    const captions = { longest: this.#longest, limit, over_limit: this.#overLimit, counted }
    return {
      annotator,
      pictures: this.#pictures,
      kept: this.#kept,
      rejected: this.#rejected,
      examples: this.#examples,
      captions,
      ...(this.#dark && { dark_conditioning: this.#dark }),
      accuracy,
    }
  }

  async #readExact(path: string): Promise<readonly Point[] | null> {
    const text = await this.#source.readBeside(path)
    try {
      return text === null ? null : parseLandmarkFile(text.toString()).landmarks
    } catch {
      return null
    }
  }
}

function addDark(dark: DarkDrawings | null, level: number): DarkDrawings {
  return { count: (dark?.count ?? 0) + 1, largest: Math.max(dark?.largest ?? 0, level) }
}
