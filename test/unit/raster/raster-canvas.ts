/** Canvases for drawing tests, and measures of the covered area. */
import type { Point } from '../../../src/faces/face.ts'
import {
  createCanvas,
  fillPolygon,
  strokePolyline,
  type Canvas,
  type Colour,
} from '../../../src/raster/canvas.ts'

export const WHITE: Colour = [255, 255, 255]

/** Pixels covered, as the sum of shares. */
export function area({ data }: Canvas): number {
  let sum = 0
  for (let at = 0; at < data.length; at += 3) sum += data[at]! / 255
  return sum
}

/** The red of one row or the whole, as numbers of 0-255. */
export function reds({ data, width }: Canvas, row: number): number[] {
  return Array.from({ length: width }, (_, x) => data[(row * width + x) * 3]!)
}

export function filled(points: readonly Point[], size = 40): Canvas {
  const canvas = createCanvas(size, size)
  fillPolygon(canvas, points, WHITE)
  return canvas
}

export function stroked(points: readonly Point[], width: number, closed = false, size = 40): Canvas {
  const canvas = createCanvas(size, size)
  strokePolyline(canvas, points, { width, colour: WHITE, closed })
  return canvas
}

export const square = (x: number, y: number, side: number): Point[] => [
  [x, y],
  [x + side, y],
  [x + side, y + side],
  [x, y + side],
]
