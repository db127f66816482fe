/**
 * Cuts out the square for SPIGA's network, and converts its output to picture coordinates. As in the authors' code: 1.6 times
 * the box, nearest-neighbour sampling, black outside the picture, channels in the order blue, green, red.
 */
import type { Box } from '../../faces/boxes.ts'
import { LANDMARK_COUNT, type Point } from '../../faces/face.ts'
import type { RgbPixels } from '../../raster/rgb-pixels.ts'

/** Side of the network's input in pixels. */
export const SPIGA_SIDE = 256

/** Side of the square, as a multiple of the box's longer side. */
const SQUARE_SIDES = 1.6

export interface SpigaCrop {
  /** Top-left corner of the square in pixels of the picture, and its side. */
  readonly x: number
  readonly y: number
  readonly side: number
}

export function planSpigaCrop({ x, y, width, height }: Box): SpigaCrop {
  const side = Math.max(width, height) * SQUARE_SIDES
  return { x: x - (side - width) / 2, y: y - (side - height) / 2, side }
}

/** Returns the network's input: 3 planes (blue, green, red) of 256 × 256 numbers from 0 to 1. */
export function sampleSpigaInput({ data, width, height }: RgbPixels, crop: SpigaCrop): Float32Array {
  const plane = SPIGA_SIDE * SPIGA_SIDE
  const input = new Float32Array(3 * plane)
  const columns = Array.from({ length: SPIGA_SIDE }, (_, u) => sourcePixel(u, crop.x, crop.side))
  for (let v = 0; v < SPIGA_SIDE; v++) {
    const row = sourcePixel(v, crop.y, crop.side)
    if (row < 0 || row >= height) continue
    for (let u = 0; u < SPIGA_SIDE; u++) {
      const column = columns[u]!
      if (column < 0 || column >= width) continue
      const from = (row * width + column) * 3
      const to = v * SPIGA_SIDE + u
      input[to] = data[from + 2]! / 255
      input[to + plane] = data[from + 1]! / 255
      input[to + 2 * plane] = data[from]! / 255
    }
  }
  return input
}

function sourcePixel(index: number, origin: number, side: number): number {
  return Math.floor(((index + 0.5) * side) / SPIGA_SIDE + origin)
}

/** Converts 136 fractions of the square (x0, y0, x1, y1 …) to pixels of the picture. */
export function decodeSpigaOutput(output: ArrayLike<number>, { x, y, side }: SpigaCrop): Point[] {
  return Array.from({ length: LANDMARK_COUNT }, (_, i): Point => [
    output[i * 2]! * side + x,
    output[i * 2 + 1]! * side + y,
  ])
}
