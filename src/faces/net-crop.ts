/**
 * The square that is given to the landmark net, and conversions of points into it and back. Coordinates count from the
 * picture's edge (the centre of the first pixel is 0.5), as in the net.
 */
import { boundingBox, type Box } from './boxes.ts'
import type { Point } from './face.ts'

/** A square, rotated around its centre. */
export interface NetCrop {
  readonly centreX: number
  readonly centreY: number
  readonly side: number
  /** Direction of the square's x axis in the picture, in radians. Positive is clockwise, because y points down. */
  readonly angle: number
}

/** Shift of the second crop's centre towards the chin, as a share of its side. The landmarks don't cover the forehead. */
const TOWARDS_CHIN = 0.05

/** Returns the upright square around a detected box. */
export function planFirstCrop(box: Box): NetCrop {
  return {
    centreX: box.x + box.width / 2,
    centreY: box.y + box.height / 2,
    side: Math.max(box.width, box.height),
    angle: 0,
  }
}

/** Returns a square around known landmarks, rotated so that the eyes are level; its side is `scale` times the face's size. */
export function planLevelledCrop(landmarks: readonly Point[], scale: number): NetCrop {
  const angle = eyeAngle(landmarks)
  const box = boundingBox(landmarks.map((point) => rotate(point, -angle)))
  const side = scale * Math.max(box.width, box.height)
  const centre: Point = [box.x + box.width / 2, box.y + box.height / 2 + TOWARDS_CHIN * side]
  const [centreX, centreY] = rotate(centre, angle)
  return { centreX, centreY, side, angle }
}

/** Converts fractions of the square (0 to 1 inside it) to picture coordinates. */
export function cropToPicture(crop: NetCrop, [u, v]: Point): Point {
  const [x, y] = rotate([(u - 0.5) * crop.side, (v - 0.5) * crop.side], crop.angle)
  return [crop.centreX + x, crop.centreY + y]
}

/** Converts picture coordinates to fractions of the square. */
export function pictureToCrop(crop: NetCrop, [x, y]: Point): Point {
  const [u, v] = rotate([x - crop.centreX, y - crop.centreY], -crop.angle)
  return [u / crop.side + 0.5, v / crop.side + 0.5]
}

/** Returns the distance of the outer eye corners in pixels. */
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
