/** The JSON document that `annotate` writes beside a picture: `photo.landmarks.json`. */
import type { Face } from '../../faces/face.ts'

export interface AnnotationDocument {
  readonly v: 1
  /** Base name of the picture. */
  readonly image: string
  /** In pixels after EXIF orientation is applied; null when the picture can't be read. */
  readonly width: number | null
  readonly height: number | null
  /** Name, version and model hashes of the annotator that found the faces. */
  readonly annotator: unknown
  /** Best first, in pixels of the picture. */
  readonly faces: readonly Face[]
  /** The square of the picture that the conditioning image shows; left out when it shows the whole picture. */
  readonly crop?: readonly [x: number, y: number, side: number]
  readonly error?: { readonly code: string; readonly message: string }
}

const COORDINATE_DECIMALS = 2
const SCORE_DECIMALS = 4

/** Rounds to fewer digits than the nets return, which is still finer than their accuracy. */
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

/** Formats the document as JSON with one line for each point. */
export function formatAnnotationDocument(document: AnnotationDocument): string {
  const text = JSON.stringify(document, null, 2)
  const flat = text.replace(/\[\s+-?[\d.e-]+(,\s+-?[\d.e-]+)*\s+\]/g, (list) => list.replace(/\s+/g, ' '))
  return `${flat.replace(/\[ ([^\]]*) \]/g, '[$1]')}\n`
}

function round(value: number, decimals: number): number {
  return Number(value.toFixed(decimals))
}
