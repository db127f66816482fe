import { boundPoints, LANDMARK_COUNT, type Face, type Point } from '../../faces/face.ts'
import { describeAbsent } from './absent-points.ts'

/** What a landmark file says of one picture, in the kit's own coordinates: (0, 0) is the centre of the top-left pixel. */
export interface ParsedLandmarks {
  /** Best first; none where the file says that there are none. */
  readonly faces: readonly Face[]
  /** Of the picture, where the file tells; null elsewhere. */
  readonly size: readonly [width: number, height: number] | null
}

export class LandmarkFileError extends Error {
  /** `bad-landmarks`: the file can be read, but its points are absent, or none of the picture. */
  readonly code: 'no-landmarks' | 'bad-landmarks'

  constructor(message: string, code: LandmarkFileError['code'] = 'no-landmarks') {
    super(message)
    this.code = code
  }
}

interface FaceOptions {
  readonly score?: number
  /** What the file calls the centre of the top-left pixel, in both directions. */
  readonly origin?: number
  /** Where the points stand, if a message has to say it: `faces[1].landmarks`. */
  readonly where?: string | undefined
}

/** `points`: as the file has them; what is not set is NaN. Throws LandmarkFileError unless there are 68, all set. */
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

/** A point that is not set. */
export const NOT_SET: Point = [NaN, NaN]

/**
 * Two numbers that a person wrote; NOT_SET where neither is one. `where` begins the message: `line 5`. Throws
 * LandmarkFileError.
 */
export function readPoint(parts: readonly string[], where: string): Point {
  if (parts.length === 2 && parts.every((part) => NO_NUMBER.test(part.trim()))) return NOT_SET
  const [x, y] = parts.map((part) => (part.trim() === '' ? NaN : Number(part)))
  if (parts.length === 2 && Number.isFinite(x) && Number.isFinite(y)) return [x!, y!]
  throw new LandmarkFileError(`${where}: expected two numbers, found "${parts.join(' ').slice(0, 40)}"`)
}

/** As Python, R, spreadsheets and databases write it. */
const NO_NUMBER = /^([-+]?nan|null|none|n\/?a|)$/i
