/** The landmark files of Microsoft's FaceSynthetics: 70 lines `x y`, iBUG's 68 points followed by the two pupils. */
import { LANDMARK_COUNT, type Face, type Point } from '../../faces/face.ts'
import { LandmarkFileError, readPoint, makeFace } from './parsed-landmarks.ts'

const POINTS_IN_FILE = 70
/** The outer corners of the eyes; landmark errors are divided by their distance. */
const OUTER_EYES = [36, 45] as const

/** `000000.png` → `000000_ldmks.txt` */
export function landmarkFileName(pictureName: string): string {
  return pictureName.replace(/\.[^./\\]*$/, '') + '_ldmks.txt'
}

/** Returns true for the name of a FaceSynthetics segmentation map: `000000_seg.png`. */
export function isSegmentation(pictureName: string): boolean {
  return /_seg\.png$/i.test(pictureName)
}

/**
 * Throws LandmarkFileError unless there are exactly 70 pairs of numbers and the first 68 are set. The pupils are not used, so
 * they may be absent.
 */
export function parseLandmarkFile(text: string): Face {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '')
  if (lines.length !== POINTS_IN_FILE) {
    throw new LandmarkFileError(`expected ${POINTS_IN_FILE} points, found ${lines.length}`)
  }
  const points = lines.map((line, index) => readPoint(line.trim().split(/\s+/), `line ${index + 1}`))
  return makeFace(points.slice(0, LANDMARK_COUNT))
}

/** Returns the mean distance between the points of two faces, in % of the distance between the outer eye corners of `exact`. */
export function measureLandmarkError(found: readonly Point[], exact: readonly Point[]): number {
  const distances = exact.map((point, index) => distance(point, found[index]!))
  const mean = distances.reduce((sum, value) => sum + value, 0) / distances.length
  return (100 * mean) / distance(exact[OUTER_EYES[0]]!, exact[OUTER_EYES[1]]!)
}

function distance([ax, ay]: Point, [bx, by]: Point): number {
  return Math.hypot(ax - bx, ay - by)
}
