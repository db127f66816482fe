/**
 * Reads landmarks from CSV, in the kit's coordinates. A file for one picture has 68 lines `x,y`; a table for many pictures has
 * rows `file_name,x0,y0,…,x67,y67`.
 */
import { LANDMARK_COUNT, type Face, type Point } from '../../faces/face.ts'
import { LandmarkFileError, readPoint, makeFace, type ParsedLandmarks } from './parsed-landmarks.ts'

/** Reads the file of one picture. A first line `x,y` is taken as a header. Throws LandmarkFileError. */
export function parseLandmarkCsv(text: string): ParsedLandmarks {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r\n?|\n/)
    .map((line, index) => ({ line: line.trim(), where: `line ${index + 1}` }))
    .filter(({ line }) => line !== '')
  const rows = /^"?x"?\s*,\s*"?y"?$/i.test(lines[0]?.line ?? '') ? lines.slice(1) : lines
  return { faces: [makeFace(rows.map(({ line, where }) => readPoint(line.split(','), where)))], size: null }
}

/** The columns of a table for many pictures that hold points; the other column is `file_name`. */
export const POINT_COLUMNS: readonly (readonly [x: string, y: string])[] = Array.from(
  { length: LANDMARK_COUNT },
  (_, index) => [`x${index}`, `y${index}`],
)

/** Reads one row of a table for many pictures as one face. Throws LandmarkFileError. */
export function readLandmarkRow(record: Readonly<Record<string, unknown>>): Face {
  const points = POINT_COLUMNS.map(([x, y]): Point => {
    const missing = [x, y].find((column) => !(column in record))
    if (missing !== undefined) throw new LandmarkFileError(`it has no column ${missing}`)
    return readPoint([String(record[x]), String(record[y])], `${x}, ${y}`)
  })
  return makeFace(points)
}
