import { boundPoints, LANDMARK_COUNT, type Face, type Point } from '../../faces/face.ts'
import { describeAbsent } from './absent-points.ts'

/**
 * The faces of one picture, as a landmark file gives them, in the kit's own coordinates: (0, 0) is the centre of the top-left
 * pixel.
 */
export interface ParsedLandmarks {
  /** Best first; empty when the file says that the picture has no face. */
  readonly faces: readonly Face[]
  /** The picture's size, if the file states it; else null. */
  readonly size: readonly [width: number, height: number] | null
}

export class LandmarkFileError extends Error {
  /**
   * `no-landmarks`: the file can't be read as landmarks. `bad-landmarks`: it can, but points are absent or don't fit the
   * picture.
   */
  readonly code: 'no-landmarks' | 'bad-landmarks'

  constructor(message: string, code: LandmarkFileError['code'] = 'no-landmarks') {
    super(message)
    this.code = code
  }
}

interface FaceOptions {
  readonly score?: number
  /** The coordinate that the file gives to the centre of the top-left pixel, in x and y. The default is 0. */
  readonly origin?: number
  /** Where the points stand in the file, for error messages: `faces[1].landmarks`. */
  readonly where?: string | undefined
}

/**
 * Makes a face from points in the file's own coordinates; points that are not set are NaN. Throws LandmarkFileError unless
 * there are 68 points and all are set.
 */
export function makeFace(points: readonly Point[], { score = 1, origin = 0, where }: FaceOptions = {}): Face {
  if (points.length !== LANDMARK_COUNT)
    throw new LandmarkFileError(`expected ${LANDMARK_COUNT} points, found ${points.length}`)
  const absent = describeAbsent(points)
  if (absent !== null) {
    const place = where === undefined ? '' : `${where}: `
    throw new LandmarkFileError(`${place}${absent}`, 'bad-landmarks')
  }
  const landmarks = points.map(([x, y]): Point => [x - origin, y - origin])
  return { box: boundPoints(landmarks), score, landmarks }
}

/** Stands for a point that is not set. */
export const NOT_SET: Point = [NaN, NaN]

/**
 * Reads two numbers from a text file. Returns NOT_SET when both parts mean "no number". `where` begins the error message: `line
 * 5`. Throws LandmarkFileError.
 */
export function readPoint(parts: readonly string[], where: string): Point {
  if (parts.length === 2 && parts.every((part) => NO_NUMBER.test(part.trim()))) return NOT_SET
  const [x, y] = parts.map((part) => (part.trim() === '' ? NaN : Number(part)))
  if (parts.length === 2 && Number.isFinite(x) && Number.isFinite(y)) return [x!, y!]
  throw new LandmarkFileError(`${where}: expected two numbers, found "${parts.join(' ').slice(0, 40)}"`)
}

/** How Python, R, spreadsheets and databases write a missing number. */
const NO_NUMBER = /^([-+]?nan|null|none|n\/?a|)$/i
