/** What `annotate` writes beside a picture: `photo.landmarks.json`. */
import type { Face } from '../../faces/face.ts'

export interface AnnotationDocument {
  readonly v: 1
  /** Base name of the picture. */
  readonly image: string
  /** Pixels, orientation applied; null when the picture can't be read. */
  readonly width: number | null
  readonly height: number | null
  /** What found the faces, and which versions of it. */
  readonly annotator: unknown
  /** In pixels of the picture, best first. */
  readonly faces: readonly Face[]
  /** The square of the picture that the conditioning image shows; only when it does not show all of it. */
  readonly crop?: readonly [x: number, y: number, side: number]
  readonly error?: { readonly code: string; readonly message: string }
}

const COORDINATE_DECIMALS = 2
const SCORE_DECIMALS = 4

/** Fewer digits than the nets give, more than they know. */
export function roundDocumentFace({ box, score, landmarks }: Face): Face {
  const [x, y, width, height] = box.map((value) => round(value, COORDINATE_DECIMALS)) as [
    number,
    number,
    number,
    number,
  ]
  return {
    box: [x, y, width, height],
    score: round(score, SCORE_DECIMALS),
    landmarks: landmarks.map(([px, py]) => [round(px, COORDINATE_DECIMALS), round(py, COORDINATE_DECIMALS)]),
  }
}

/** As JSON that a person can read: one line for each point. */
export function formatAnnotationDocument(document: AnnotationDocument): string {
  const text = JSON.stringify(document, null, 2)
  const flat = text.replace(/\[\s+-?[\d.e-]+(,\s+-?[\d.e-]+)*\s+\]/g, (list) => list.replace(/\s+/g, ' '))
  return `${flat.replace(/\[ ([^\]]*) \]/g, '[$1]')}\n`
}

function round(value: number, decimals: number): number {
  return Number(value.toFixed(decimals))
}
