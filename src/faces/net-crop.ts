/**
 * The square that the landmark net looks at: where it lies, and how points go in and out of it. Everything here counts
 * from the picture's edge (the centre of the first pixel is 0.5), as the net does.
 */
import { boundingBox, type Box } from './boxes.ts'
import type { Point } from './face.ts'

/** A square, turned around its centre. */
export interface NetCrop {
  readonly centreX: number
  readonly centreY: number
  readonly side: number
  /** Radians; the square's x axis points this way in the picture. Positive turns clockwise, as y points down. */
  readonly angle: number
}

/** How far the second crop's centre moves towards the chin, in sides: the landmarks lack the forehead. */
const TOWARDS_CHIN = 0.05

/** The upright square around a detected box. */
export function planFirstCrop(box: Box): NetCrop {
  return {
    centreX: box.x + box.width / 2,
    centreY: box.y + box.height / 2,
    side: Math.max(box.width, box.height),
    angle: 0,
  }
}

/** The square around known landmarks, turned so that the eyes are level, `scale` times as large as the face. */
export function planLevelledCrop(landmarks: readonly Point[], scale: number): NetCrop {
  const angle = eyeAngle(landmarks)
  const box = boundingBox(landmarks.map((point) => rotate(point, -angle)))
  const side = scale * Math.max(box.width, box.height)
  const centre: Point = [box.x + box.width / 2, box.y + box.height / 2 + TOWARDS_CHIN * side]
  const [centreX, centreY] = rotate(centre, angle)
  return { centreX, centreY, side, angle }
}

/** Fractions of the square (0-1 inside of it) → picture. */
export function cropToPicture(crop: NetCrop, [u, v]: Point): Point {
  const [x, y] = rotate([(u - 0.5) * crop.side, (v - 0.5) * crop.side], crop.angle)
  return [crop.centreX + x, crop.centreY + y]
}

/** Picture → fractions of the square. */
export function pictureToCrop(crop: NetCrop, [x, y]: Point): Point {
  const [u, v] = rotate([x - crop.centreX, y - crop.centreY], -crop.angle)
  return [u / crop.side + 0.5, v / crop.side + 0.5]
}

/** Distance of the outer eye corners. */
export function eyeDistance(landmarks: readonly Point[]): number {
  const [[leftX, leftY], [rightX, rightY]] = [landmarks[36] as Point, landmarks[45] as Point]
  return Math.hypot(rightX - leftX, rightY - leftY)
}

function eyeAngle(landmarks: readonly Point[]): number {
  const [leftX, leftY] = centreOf(landmarks.slice(36, 42))
  const [rightX, rightY] = centreOf(landmarks.slice(42, 48))
  return Math.atan2(rightY - leftY, rightX - leftX)
}

function centreOf(points: readonly Point[]): Point {
  const sum = points.reduce(([sumX, sumY], [x, y]) => [sumX + x, sumY + y] as const, [0, 0] as Point)
  return [sum[0] / points.length, sum[1] / points.length]
}

function rotate([x, y]: Point, angle: number): Point {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
  return [x * cos - y * sin, x * sin + y * cos]
}
