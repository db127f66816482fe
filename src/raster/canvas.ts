/**
 * Paints shapes over RGB bytes, anti-aliased by exact areas. Coordinates are a canvas': whole numbers are the corners of
 * pixels, so a landmark is painted at its coordinates + 0.5. Points that are no finite numbers are left out; what lies
 * outside the canvas is cut off. Only the pixels of a shape's bounding box are looked at.
 */
import type { Point } from '../faces/face.ts'
import { addPoints, Contours, keepNear } from './contours.ts'
import {
  addContours,
  BLOCK,
  blockOf,
  createCoverage,
  openRegion,
  type Coverage,
  type Region,
} from './coverage.ts'
import { addStroke } from './stroke.ts'

export interface Canvas {
  /** RGB, row by row. */
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
  readonly coverage: Coverage
  /** Of the shape that is painted; `line` is the one that is stroked. */
  readonly outline: Contours
  readonly line: Contours
}

export type Colour = readonly [red: number, green: number, blue: number]

/** Black. */
export function createCanvas(width: number, height: number): Canvas {
  return canvasOver(new Uint8Array(width * height * 3), width, height)
}

/** Painting changes `data`. */
export function canvasOver(data: Uint8Array, width: number, height: number): Canvas {
  const [outline, line] = [new Contours(), new Contours()]
  return { data, width, height, coverage: createCoverage(), outline, line }
}

/** Nonzero rule. */
export function fillPolygon(canvas: Canvas, points: readonly Point[], colour: Colour): void {
  canvas.outline.clear()
  addPoints(canvas.outline, points)
  paintOutline(canvas, colour)
}

export interface Stroke {
  /** Pixels. */
  readonly width: number
  readonly colour: Colour
  readonly closed?: boolean
}

/** As SVG does: mitred joins (limit 4), butt caps. */
export function strokePolyline(canvas: Canvas, points: readonly Point[], stroke: Stroke): void {
  const { line, outline } = canvas
  line.clear()
  addPoints(line, points)
  outline.clear()
  addStroke(outline, line, stroke.width, stroke.closed ?? false)
  paintOutline(canvas, stroke.colour)
}

/** A polygon of the circle's area whose sides are nowhere a hundredth of a pixel off. */
export function fillCircle(canvas: Canvas, centre: Point, radius: number, colour: Colour): void {
  const [x, y] = centre
  if (!Number.isFinite(x) || !Number.isFinite(y) || !(radius > 0)) return
  const corners = Math.max(12, Math.ceil(Math.PI * Math.sqrt(radius * 50)))
  const turn = (2 * Math.PI) / corners
  const reach = radius * Math.sqrt(turn / Math.sin(turn))
  const { outline } = canvas
  outline.clear()
  for (let corner = 0; corner < corners; corner++) {
    outline.add(keepNear(x) + reach * Math.cos(corner * turn), keepNear(y) + reach * Math.sin(corner * turn))
  }
  outline.end()
  paintOutline(canvas, colour)
}

/** All contours as one shape. */
function paintOutline(canvas: Canvas, colour: Colour): void {
  const region = boundContours(canvas)
  if (region === null) return
  openRegion(canvas.coverage, region)
  addContours(canvas.coverage, canvas.outline)
  paintCoverage(canvas, colour)
}

/** The pixels that the contours touch, or null when there are none on the canvas. */
function boundContours({ outline: { numbers, length }, width, height }: Canvas): Region | null {
  let [left, top, right, bottom] = [width, height, 0, 0]
  for (let at = 0; at < length; at += 2) {
    const [x, y] = [numbers[at]!, numbers[at + 1]!]
    if (x < left) left = x
    if (x > right) right = x
    if (y < top) top = y
    if (y > bottom) bottom = y
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
/** From here on a pixel has the colour itself, with some room for rounding. */
const WHOLE = 1 - INVISIBLE / 2

/** Mixes the colour in by the running sums, and sets them back to 0. */
function paintCoverage({ data, width, coverage }: Canvas, colour: Colour): void {
  const { left, top, right, bottom } = coverage.region
  const rowLength = right - left + 1
  for (let row = top; row < bottom; row++) {
    const from = (row - top) * rowLength
    paintRow(data, (row * width + left) * 3, { coverage, from, end: from + rowLength - 1, colour })
  }
  coverage.blocks.fill(0, 0, blockOf(rowLength * (bottom - top)) + 1)
}

interface Row {
  readonly coverage: Coverage
  /** Its sums, of which the last one lies outside the region. */
  readonly from: number
  readonly end: number
  readonly colour: Colour
}

/** `at`: of its first pixel. */
function paintRow(data: Uint8Array, at: number, { coverage, from, end, colour }: Row): void {
  const { sums, blocks } = coverage
  const [red, green, blue] = colour
  let sum = 0
  for (let index = from; index < end; index++, at += 3) {
    const change = sums[index]!
    if (change !== 0) {
      sum += change
      sums[index] = 0
    } else if (sum < INVISIBLE && sum > -INVISIBLE) {
      if (blocks[blockOf(index)] !== 0) continue
      const last = index | (BLOCK - 1)
      at += (last - index) * 3
      index = last
      continue
    }
    const share = Math.abs(sum)
    if (share < WHOLE) {
      data[at] = mix(data[at]!, red, share)
      data[at + 1] = mix(data[at + 1]!, green, share)
      data[at + 2] = mix(data[at + 2]!, blue, share)
    } else {
      data[at] = red
      data[at + 1] = green
      data[at + 2] = blue
    }
  }
  sums[end] = 0
}

function mix(from: number, to: number, share: number): number {
  return (from + (to - from) * share + 0.5) | 0
}
