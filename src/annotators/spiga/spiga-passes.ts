/** SPIGA runs twice on each face: the second crop is placed by the landmarks of the first pass. */
import { boundingBox, type Box } from '../../faces/boxes.ts'
import type { Face, Point } from '../../faces/face.ts'
import { eyeDistance } from '../../faces/net-crop.ts'

/** Pixels added to the landmarks' bounding box on each side, as in the blog's dataset. */
const MARGIN = 5

/** Returns the box that SPIGA expects around known landmarks. It is tight, because SPIGA was trained on tight boxes. */
export function spigaBox(landmarks: readonly Point[]): Box {
  const { x, y, width, height } = boundingBox(landmarks)
  return { x: x - MARGIN, y: y - MARGIN, width: width + 2 * MARGIN, height: height + 2 * MARGIN }
}

/**
 * Returns how well two passes agree, 0 to 1: 1 minus the mean distance of their landmarks as a multiple of the distance between
 * the outer eye corners. Returns 0 when they are that far apart or further, and when the eye distance is 0.
 */
export function scoreAgreement(first: readonly Point[], second: readonly Point[]): number {
  const distances = first.map(([x, y], i) => Math.hypot(x - second[i]![0], y - second[i]![1]))
  const mean = distances.reduce((sum, distance) => sum + distance, 0) / distances.length
  const score = 1 - mean / eyeDistance(second)
  return score > 0 ? score : 0
}

/** Returns false when the output is unusable: it contains values that are not finite, or all points coincide. */
export function isUsable(landmarks: readonly Point[]): boolean {
  const { width, height } = boundingBox(landmarks)
  return landmarks.flat().every(Number.isFinite) && width > 0 && height > 0
}

interface Scale {
  /** Pixels of the level that SPIGA reads, per pixel of the picture. */
  readonly scaleX: number
  readonly scaleY: number
}

/** Converts points from the picture to the level; both count from the first pixel's centre. */
export function toLevel(landmarks: readonly Point[], { scaleX, scaleY }: Scale): Point[] {
  return landmarks.map(([x, y]): Point => [(x + 0.5) * scaleX - 0.5, (y + 0.5) * scaleY - 0.5])
}

/** Converts points from the level back to the picture, as a face. */
export function toFace(landmarks: readonly Point[], score: number, { scaleX, scaleY }: Scale): Face {
  const points = landmarks.map(([x, y]): Point => [(x + 0.5) / scaleX - 0.5, (y + 0.5) / scaleY - 0.5])
  const { x, y, width, height } = boundingBox(points)
  return { box: [x, y, width, height], score, landmarks: points }
}
