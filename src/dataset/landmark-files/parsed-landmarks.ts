import { LANDMARK_COUNT, type Face, type Point } from '../face.ts'
import { boundPoints, LandmarkFileError } from '../sources/face-synthetics.ts'

/** What a landmark file says of one picture, in the kit's own coordinates: (0, 0) is the centre of the top-left pixel. */
export interface ParsedLandmarks {
  /** Best first; none where the file says that there are none. */
  readonly faces: readonly Face[]
  /** Of the picture, where the file tells; null elsewhere. */
  readonly size: readonly [width: number, height: number] | null
}

/** Throws LandmarkFileError unless there are 68 points. */
export function toFace(points: readonly Point[], score = 1): Face {
  if (points.length === LANDMARK_COUNT) return { box: boundPoints(points), score, landmarks: points }
  throw new LandmarkFileError(`expected ${LANDMARK_COUNT} points, found ${points.length}`)
}

/** Two numbers that a person wrote. `where` begins the message: `line 5`. Throws LandmarkFileError. */
export function readPoint(parts: readonly string[], where: string): Point {
  const [x, y] = parts.map((part) => (part.trim() === '' ? NaN : Number(part)))
  if (parts.length === 2 && Number.isFinite(x) && Number.isFinite(y)) return [x!, y!]
  throw new LandmarkFileError(`${where}: expected two numbers, found "${parts.join(' ').slice(0, 40)}"`)
}
