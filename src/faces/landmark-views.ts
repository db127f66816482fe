/** Combines the landmarks from several crops of one face; their disagreement tells how uncertain the result is. */
import { LANDMARK_COUNT, type Point } from './face.ts'
import { cropToPicture, eyeDistance, type NetCrop } from './net-crop.ts'
import { reorderMirrored } from './mirror.ts'

export interface LandmarkView {
  readonly crop: NetCrop
  readonly mirrored: boolean
  /** The net's 136 outputs x0, y0, x1, y1 … as fractions of the crop, which is mirrored if `mirrored` is true. */
  readonly output: Float32Array
}

/** Returns one view's landmarks in picture pixels, counted from the picture's edge. */
export function viewLandmarks({ crop, mirrored, output }: LandmarkView): Point[] {
  const points = Array.from({ length: LANDMARK_COUNT }, (_, i): Point => [output[i * 2]!, output[i * 2 + 1]!])
  const upright = mirrored ? reorderMirrored(points).map(([u, v]): Point => [1 - u, v]) : points
  return upright.map((point) => cropToPicture(crop, point))
}

/**
 * Returns the mean of the views, and their spread: the standard deviation, averaged over all coordinates and divided by the
 * distance of the outer eye corners. The spread is about 0.016 on a clear face and above 0.06 where there is no face.
 */
export function averageViews(views: readonly (readonly Point[])[]): { landmarks: Point[]; spread: number } {
  const landmarks: Point[] = []
  let deviations = 0
  for (let index = 0; index < LANDMARK_COUNT; index++) {
    const x = meanAndDeviation(views.map((points) => points[index]![0]))
    const y = meanAndDeviation(views.map((points) => points[index]![1]))
    landmarks.push([x.mean, y.mean])
    deviations += x.deviation + y.deviation
  }
  return { landmarks, spread: deviations / (LANDMARK_COUNT * 2) / eyeDistance(landmarks) }
}

function meanAndDeviation(values: readonly number[]): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  return { mean, deviation: Math.sqrt(variance) }
}
