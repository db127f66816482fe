/**
 * Paints shapes over RGB bytes, anti-aliased by exact areas. Coordinates are a canvas': whole numbers are the corners of
 * pixels, so a landmark is painted at its coordinates + 0.5. Points that are no finite numbers are left out; what lies
 * outside the canvas is cut off. Only the pixels of a shape's bounding box are looked at.
 */
import type { Point } from './face.ts'
import { addContour, createCoverage, openRegion, type Coverage, type Region } from './raster/coverage.ts'
import { outlineStroke } from './raster/stroke.ts'

export interface Canvas {
  /** RGB, row by row. */
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
  readonly coverage: Coverage
}

export type Colour = readonly [red: number, green: number, blue: number]

/** Black. */
export function createCanvas(width: number, height: number): Canvas {
  return canvasOver(new Uint8Array(width * height * 3), width, height)
}

/** Painting changes `data`. */
export function canvasOver(data: Uint8Array, width: number, height: number): Canvas {
  return { data, width, height, coverage: createCoverage() }
}

/** Nonzero rule. */
export function fillPolygon(canvas: Canvas, points: readonly Point[], colour: Colour): void {
  fillContours(canvas, [points.filter(isFinitePoint).map(keepNear)], colour)
}

export interface Stroke {
  /** Pixels. */
  readonly width: number
  readonly colour: Colour
  readonly closed?: boolean
}

/** As SVG does: mitred joins (limit 4), butt caps. */
export function strokePolyline(canvas: Canvas, points: readonly Point[], stroke: Stroke): void {
  const corners = points.filter(isFinitePoint).map(keepNear)
  fillContours(canvas, outlineStroke(corners, stroke.width, stroke.closed ?? false), stroke.colour)
}

/** A polygon of the circle's area whose sides are nowhere a hundredth of a pixel off. */
export function fillCircle(canvas: Canvas, centre: Point, radius: number, colour: Colour): void {
  if (!isFinitePoint(centre) || !(radius > 0)) return
  const corners = Math.max(12, Math.ceil(Math.PI * Math.sqrt(radius * 50)))
  const turn = (2 * Math.PI) / corners
  const reach = radius * Math.sqrt(turn / Math.sin(turn))
  const [x, y] = keepNear(centre)
  const points = Array.from({ length: corners }, (_, corner): Point => {
    return [x + reach * Math.cos(corner * turn), y + reach * Math.sin(corner * turn)]
  })
  fillContours(canvas, [points], colour)
}

function isFinitePoint([x, y]: Point): boolean {
  return Number.isFinite(x) && Number.isFinite(y)
}

/** Far beyond any picture, and still small enough to reckon with. */
const FAR = 1e6

function keepNear(point: Point): Point {
  const [x, y] = point
  if (Math.abs(x) <= FAR && Math.abs(y) <= FAR) return point
  return [Math.max(-FAR, Math.min(FAR, x)), Math.max(-FAR, Math.min(FAR, y))]
}

/** All contours as one shape. */
function fillContours(canvas: Canvas, contours: readonly (readonly Point[])[], colour: Colour): void {
  const region = boundContours(contours, canvas)
  if (region === null) return
  openRegion(canvas.coverage, region)
  for (const contour of contours) addContour(canvas.coverage, contour)
  paintCoverage(canvas, colour)
}

/** The pixels that the contours touch, or null when there are none on the canvas. */
function boundContours(contours: readonly (readonly Point[])[], { width, height }: Canvas): Region | null {
  let [left, top, right, bottom] = [width, height, 0, 0]
  for (const contour of contours) {
    for (const [x, y] of contour) {
      if (x < left) left = x
      if (x > right) right = x
      if (y < top) top = y
      if (y > bottom) bottom = y
    }
  }
  const region = {
    left: Math.max(0, Math.floor(left)),
    top: Math.max(0, Math.floor(top)),
    right: Math.min(width, Math.ceil(right)),
    bottom: Math.min(height, Math.ceil(bottom)),
  }
  return region.left < region.right && region.top < region.bottom ? region : null
}

/** Less than half a step of 255 changes nothing. */
const INVISIBLE = 0.5 / 255

/** Mixes the colour in by the running sums, and sets them back to 0. */
function paintCoverage({ data, width, coverage: { sums, region } }: Canvas, colour: Colour): void {
  const rowLength = region.right - region.left + 1
  for (let row = region.top; row < region.bottom; row++) {
    const from = (row - region.top) * rowLength
    const end = from + rowLength - 1
    const toPixel = (row * width + region.left - from) * 3
    let sum = 0
    for (let index = from; index < end; index++) {
      // Most of a line's bounding box is empty.
      if (sums[index] === 0 && sum < INVISIBLE && sum > -INVISIBLE) continue
      sum += sums[index]!
      sums[index] = 0
      blend(data, toPixel + index * 3, colour, Math.abs(sum))
    }
    sums[end] = 0
  }
}

function blend(data: Uint8Array, at: number, [red, green, blue]: Colour, share: number): void {
  if (share < 1) {
    data[at] = data[at]! + (red - data[at]!) * share + 0.5
    data[at + 1] = data[at + 1]! + (green - data[at + 1]!) * share + 0.5
    data[at + 2] = data[at + 2]! + (blue - data[at + 2]!) * share + 0.5
  } else {
    data[at] = red
    data[at + 1] = green
    data[at + 2] = blue
  }
}
