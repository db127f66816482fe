/**
 * Reads iBUG's `.pts` format: a header, then one line `x y` for each point between braces. Pixels are counted from 1, as in
 * MATLAB.
 */
import { LandmarkFileError, readPoint, makeFace, type ParsedLandmarks } from './parsed-landmarks.ts'

/** In a `.pts` file the centre of the top-left pixel is (1, 1). */
const ORIGIN = 1

/** Throws LandmarkFileError unless the file has 68 points, and as many as `n_points` says. */
export function parsePts(text: string): ParsedLandmarks {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r\n?|\n/)
    .map((line, index) => ({ line: line.trim(), where: `line ${index + 1}` }))
    .filter(({ line }) => line !== '' && !line.startsWith('//'))
  const open = lines.findIndex(({ line }) => line === '{')
  const close = lines.findIndex(({ line }) => line === '}')
  if (open < 0 || close < open) throw new LandmarkFileError('expected the points between { and }')
  const points = lines.slice(open + 1, close).map(({ line, where }) => readPoint(line.split(/\s+/), where))
  const said = readCount(lines.slice(0, open).map(({ line }) => line))
  if (said !== null && said !== points.length)
    throw new LandmarkFileError(`n_points is ${said}, but there are ${points.length} points`)
  return { faces: [makeFace(points, { origin: ORIGIN })], size: null }
}

function readCount(header: readonly string[]): number | null {
  const found = header.map((line) => /^n_points\s*:\s*(\d+)$/i.exec(line)).find((match) => match !== null)
  return found ? Number(found[1]) : null
}
