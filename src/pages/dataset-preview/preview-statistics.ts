/**
 * Statistics over all pictures for the preview page. They are collected while `annotations.ndjson` is read; their size does not
 * grow with the number of pictures.
 */
import type { Annotation } from '../../dataset/annotations/annotation.ts'
import { REJECT_CODES, type Reject, type RejectCode } from '../../dataset/annotations/rejects.ts'
import { HistogramCounts } from './histogram.ts'
import { SpreadSample } from './spread-sample.ts'

const REJECTS_LISTED = 200
const REJECTS_SHOWN = 12

/** An annotation; pose and tokens are only present when they were measured. */
type Measured = Annotation & {
  /** In degrees. Yaw: the nose points to the picture's right (+) or left (-). */
  readonly pose?: readonly [yaw: number, pitch: number, roll: number] | null
  readonly caption_tokens?: number
}

export type RejectedPicture = Annotation & { readonly rejected: Reject }

export interface RejectGroup {
  readonly code: RejectCode
  readonly count: number
  readonly samples: readonly RejectedPicture[]
}

export class PreviewStatistics {
  readonly yaw = new HistogramCounts({ unit: 0.1, range: [-90, 90, 10] })
  readonly face = new HistogramCounts({ unit: 1 })
  readonly crop = new HistogramCounts({ unit: 1 })
  readonly picture = new HistogramCounts({ unit: 1 })
  readonly words = new HistogramCounts({ unit: 1 })
  /** Caption lengths in tokens of the text encoder. */
  readonly tokens = new HistogramCounts({ unit: 1 })
  /** The first REJECTS_LISTED rejected pictures. */
  readonly listed: RejectedPicture[] = []
  readonly #groups = new Map<RejectCode, SpreadSample<RejectedPicture>>()
  #lastSource: string | null = null

  add(annotation: Measured): void {
    if (annotation.size && annotation.source !== this.#lastSource)
      this.picture.add(Math.min(...annotation.size))
    this.#lastSource = annotation.source
    if (annotation.rejected) this.#addReject(annotation as RejectedPicture)
    else this.#addRow(annotation)
  }

  addCaption(caption: string): void {
    this.words.add(countWords(caption))
  }

  /** Returns the groups, the most frequent reason first. */
  groups(): RejectGroup[] {
    const order = REJECT_CODES.filter((code) => this.#groups.has(code))
    return order
      .map((code) => ({
        code,
        count: this.#groups.get(code)!.count,
        samples: this.#groups.get(code)!.pick(),
      }))
      .sort((a, b) => b.count - a.count)
  }

  #addReject(annotation: RejectedPicture): void {
    const { code } = annotation.rejected
    if (this.listed.length < REJECTS_LISTED) this.listed.push(annotation)
    if (!this.#groups.has(code)) this.#groups.set(code, new SpreadSample(REJECTS_SHOWN))
    this.#groups.get(code)!.add(annotation)
  }

  #addRow({ pose, face, crop, caption_tokens }: Measured): void {
    if (pose) this.yaw.add(pose[0])
    if (caption_tokens !== undefined) this.tokens.add(caption_tokens)
    if (face) this.face.add(Math.max(face.box[2], face.box[3]))
    if (crop) this.crop.add(crop[2])
  }
}

/** In scripts without spaces between words, each character counts as a word. */
const WORD =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[^\s\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]+/gu

export function countWords(caption: string): number {
  return caption.match(WORD)?.length ?? 0
}
