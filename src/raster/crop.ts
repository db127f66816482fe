/**
 * Which square of a picture becomes a training picture, and where a point of the picture lies in it. Points count from
 * the centre of the top-left pixel, crops from its corner: hence the halves.
 */
import type { Face, Point } from '../faces/face.ts'

/** Whole source pixels. x and y are negative where a padded square begins outside the picture. */
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
  /** The face's bounding box, as in `Face.box`; only `face` looks at it. */
  readonly box?: Face['box']
}

/** Side of a face crop in sizes of the landmarks' box, which ends at brows and chin: this leaves room for hair and neck. */
const FACE_SIDES = 2
/** The middle of a head lies this far above the middle of its landmarks, in sizes of the box. */
const FACE_LIFT = 0.15

/**
 * - `face`: a square around the face, shifted to stay inside the picture. Where the picture has no room for that square, it
 *   is as large as the picture's shorter side; it is never padded.
 * - `center`: the largest square in the middle.
 * - `pad`: the smallest square that holds the whole picture; what lies outside is black.
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

/** Where a point of the picture lies in the crop, once that is `resolution` pixels wide. */
export function toCrop([x, y]: Point, crop: Crop, resolution: number): Point {
  const scale = resolution / crop.side
  return [(x + 0.5 - crop.x) * scale - 0.5, (y + 0.5 - crop.y) * scale - 0.5]
}

/** The inverse of `toCrop`. */
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
