/** SPIGA looks twice: its second look begins where the first one saw the face. */
import { boundingBox, type Box } from '../../faces/boxes.ts'
import type { Face, Point } from '../../faces/face.ts'
import { eyeDistance } from '../../faces/net-crop.ts'

/** Pixels that are added to the landmarks' bounds on each side, as in the blog's dataset. */
const MARGIN = 5

/** The box that SPIGA expects around known landmarks: tight, since it was trained on such. */
export function spigaBox(landmarks: readonly Point[]): Box {
  const { x, y, width, height } = boundingBox(landmarks)
  return { x: x - MARGIN, y: y - MARGIN, width: width + 2 * MARGIN, height: height + 2 * MARGIN }
}

/**
 * How far two looks at one face agree, 0-1: 1 minus the mean distance of their landmarks, in distances of the outer eye
 * corners. 0 where they are as far apart as the eyes, or where there are no eyes.
 */
export function scoreAgreement(first: readonly Point[], second: readonly Point[]): number {
  const distances = first.map(([x, y], i) => Math.hypot(x - second[i]![0], y - second[i]![1]))
  const mean = distances.reduce((sum, distance) => sum + distance, 0) / distances.length
  const score = 1 - mean / eyeDistance(second)
  return score > 0 ? score : 0
}

/** Whether a look gave landmarks at all: a network may answer with no numbers, or with all points in one. */
export function isUsable(landmarks: readonly Point[]): boolean {
  const { width, height } = boundingBox(landmarks)
  return landmarks.flat().every(Number.isFinite) && width > 0 && height > 0
}

interface Scale {
  /** Pixels of the level that SPIGA looks at per pixel of the picture. */
  readonly scaleX: number
  readonly scaleY: number
}

/** From the picture to the level; both count from the first pixel's centre. */
export function toLevel(landmarks: readonly Point[], { scaleX, scaleY }: Scale): Point[] {
  return landmarks.map(([x, y]): Point => [(x + 0.5) * scaleX - 0.5, (y + 0.5) * scaleY - 0.5])
}

/** And back, as a face. */
export function toFace(landmarks: readonly Point[], score: number, { scaleX, scaleY }: Scale): Face {
  const points = landmarks.map(([x, y]): Point => [(x + 0.5) / scaleX - 0.5, (y + 0.5) / scaleY - 0.5])
  const { x, y, width, height } = boundingBox(points)
  return { box: [x, y, width, height], score, landmarks: points }
}
