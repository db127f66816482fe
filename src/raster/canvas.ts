/**
 * Paints anti-aliased shapes over RGB bytes, with exact area coverage. Whole coordinates are corners of pixels, as on an HTML
 * canvas, so a landmark is painted at its coordinates + 0.5. Points that are not finite are left out; shapes are clipped at the
 * canvas. Only pixels inside a shape's bounding box are visited.
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
  /** RGB bytes, row by row. */
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
  readonly coverage: Coverage
  /** Scratch space: `outline` holds the shape to paint, `line` the polyline to stroke. */
  readonly outline: Contours
  readonly line: Contours
}

export type Colour = readonly [red: number, green: number, blue: number]

/** Returns a black canvas. */
export function createCanvas(width: number, height: number): Canvas {
  return canvasOver(new Uint8Array(width * height * 3), width, height)
}

/** Returns a canvas that paints into `data` itself. */
export function canvasOver(data: Uint8Array, width: number, height: number): Canvas {
  const [outline, line] = [new Contours(), new Contours()]
  return { data, width, height, coverage: createCoverage(), outline, line }
}

/** Fills with the nonzero winding rule. */
export function fillPolygon(canvas: Canvas, points: readonly Point[], colour: Colour): void {
  canvas.outline.clear()
  addPoints(canvas.outline, points)
  paintOutline(canvas, colour)
}

export interface Stroke {
  /** Width in pixels. */
  readonly width: number
  readonly colour: Colour
  readonly closed?: boolean
}

/** Strokes as SVG does by default: mitred joins with limit 4, butt caps. */
export function strokePolyline(canvas: Canvas, points: readonly Point[], stroke: Stroke): void {
  const { line, outline } = canvas
  line.clear()
  addPoints(line, points)
  outline.clear()
  addStroke(outline, line, stroke.width, stroke.closed ?? false)
  paintOutline(canvas, stroke.colour)
}

/** Approximates the circle by a polygon of the same area; its sides deviate from the circle by less than 0.01 pixel. */
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

/** Paints all contours of the outline as one shape. */
function paintOutline(canvas: Canvas, colour: Colour): void {
  const region = boundContours(canvas)
  if (region === null) return
  openRegion(canvas.coverage, region)
  addContours(canvas.coverage, canvas.outline)
  paintCoverage(canvas, colour)
}

/** Returns the pixel bounds of the contours, clipped to the canvas; null when nothing lies on the canvas. */
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

/** A coverage below half a level of 255 changes no value. */
const INVISIBLE = 0.5 / 255
/** From this coverage on a pixel gets the colour itself; this leaves room for rounding errors. */
const WHOLE = 1 - INVISIBLE / 2

/** Blends the colour into the pixels by their coverage (the running sums), then resets the sums to 0. */
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
  /** Range of the row's sums: `from` to `end`, both included. The last sum lies outside the region. */
  readonly from: number
  readonly end: number
  readonly colour: Colour
}

/** `at` is the index of the row's first byte in `data`. */
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
