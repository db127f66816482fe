/**
 * Reads landmarks from JSON, in the kit's coordinates: the format that `annotate` writes, or a plain list of 68 pairs. Throws
 * LandmarkFileError.
 */
import type { Face, Point } from '../../faces/face.ts'
import { parseJson } from '../text/json-text.ts'
import { LandmarkFileError, NOT_SET, makeFace, type ParsedLandmarks } from './parsed-landmarks.ts'

export function parseLandmarkJson(text: string): ParsedLandmarks {
  let value: unknown
  try {
    value = parseJson(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    throw new LandmarkFileError(`it is not JSON (${(error as Error).message})`)
  }
  return readLandmarkValue(value)
}

/** Throws LandmarkFileError, which names the place in the value, unless every face has 68 finite points. */
export function readLandmarkValue(value: unknown): ParsedLandmarks {
  if (Array.isArray(value)) return { faces: [makeFace(readPoints(value, 'point'))], size: null }
  if (!isRecord(value)) throw new LandmarkFileError('expected a list of 68 points, or an object with faces')
  const { faces, landmarks } = value
  if (Array.isArray(landmarks)) return { faces: [readFace(value, 'landmarks')], size: readSize(value) }
  if (!Array.isArray(faces)) throw new LandmarkFileError('expected "faces" or "landmarks" in it')
  return {
    faces: faces.map((face, index) => readFace(face, `faces[${index}].landmarks`)),
    size: readSize(value),
  }
}

function readFace(face: unknown, where: string): Face {
  if (!isRecord(face) || !Array.isArray(face['landmarks']))
    throw new LandmarkFileError(`expected a list of points in ${where}`)
  const { landmarks, score } = face
  const points = readPoints(landmarks as unknown[], where)
  return makeFace(points, { score: typeof score === 'number' && score >= 0 && score <= 1 ? score : 1, where })
}

function readPoints(values: readonly unknown[], where: string): Point[] {
  return values.map((value, index) => {
    if (
      value === null ||
      (Array.isArray(value) && value.length === 2 && value.every((each) => each === null))
    )
      return NOT_SET
    const [x, y] = Array.isArray(value) ? (value as unknown[]) : []
    if (Array.isArray(value) && value.length === 2 && isFinite(x) && isFinite(y)) return [x, y]
    const found = JSON.stringify(value).slice(0, 40)
    throw new LandmarkFileError(`${where}[${index}]: expected two numbers, found ${found}`)
  })
}

function readSize({ width, height }: Record<string, unknown>): ParsedLandmarks['size'] {
  return isFinite(width) && isFinite(height) ? [width, height] : null
}

function isFinite(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
