/**
 * Chooses the square of a picture that becomes a training picture, and converts points between picture and crop. Points count
 * from the centre of the top-left pixel, crops from its corner; this explains the 0.5 in the formulas.
 */
import type { Face, Point } from '../faces/face.ts'

/** In whole source pixels. x and y are negative when a padded square begins outside the picture. */
export interface Crop {
  readonly x: number
  readonly y: number
  readonly side: number
}

export type CropRule = 'face' | 'center' | 'pad'

export interface PictureSize {
  readonly width: number
  readonly height: number
}

interface CropRequest extends PictureSize {
  readonly crop: CropRule
  /** The face's bounding box, as in `Face.box`. Only the rule `face` uses it. */
  readonly box?: Face['box']
}

/**
 * Side of a face crop, as a multiple of the landmarks' bounding box. The box ends at brows and chin, so 2 leaves room for hair
 * and neck.
 */
const FACE_SIDES = 2
/** The centre of a head lies above the centre of its landmarks by this share of the box. */
const FACE_LIFT = 0.15

/**
 * Returns the crop by rule. `face`: a square around the face, moved so that it stays inside the picture; if the picture is too
 * small for it, its side is the picture's shorter side. It is never padded. `center`: the largest square in the centre. `pad`:
 * the smallest square that holds the whole picture; the area outside the picture is black.
 */
export function planCrop({ width, height, crop, box }: CropRequest): Crop {
  if (crop === 'face' && box !== undefined) return planFaceCrop({ width, height }, box)
  const side = crop === 'pad' ? Math.max(width, height) : Math.min(width, height)
  return { x: Math.trunc((width - side) / 2), y: Math.trunc((height - side) / 2), side }
}

function planFaceCrop({ width, height }: PictureSize, [x, y, boxWidth, boxHeight]: Face['box']): Crop {
  const size = Math.max(boxWidth, boxHeight)
  const side = Math.max(1, Math.min(Math.round(size * FACE_SIDES), width, height))
  const centerX = x + boxWidth / 2 + 0.5
  const centerY = y + boxHeight / 2 + 0.5 - size * FACE_LIFT
  return {
    x: clamp(Math.round(centerX - side / 2), 0, width - side),
    y: clamp(Math.round(centerY - side / 2), 0, height - side),
    side,
  }
}

/** Converts a point of the picture to the crop after it is scaled to `resolution` × `resolution` pixels. */
export function toCrop([x, y]: Point, crop: Crop, resolution: number): Point {
  const scale = resolution / crop.side
  return [(x + 0.5 - crop.x) * scale - 0.5, (y + 0.5 - crop.y) * scale - 0.5]
}

/** Inverse of `toCrop`. */
export function fromCrop([x, y]: Point, crop: Crop, resolution: number): Point {
  const scale = crop.side / resolution
  return [(x + 0.5) * scale + crop.x - 0.5, (y + 0.5) * scale + crop.y - 0.5]
}

export function faceToCrop(face: Face, crop: Crop, resolution: number): Face {
  const [x, y, width, height] = face.box
  const scale = resolution / crop.side
  const [left, top] = toCrop([x, y], crop, resolution)
  return {
    box: [left, top, width * scale, height * scale],
    score: face.score,
    landmarks: face.landmarks.map((point) => toCrop(point, crop, resolution)),
  }
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high)
}
