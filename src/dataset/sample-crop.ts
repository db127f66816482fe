/** Cuts the landmark net's square out of a picture. */
import { cropToPicture, type NetCrop } from './net-crop.ts'

/** RGB bytes, row by row. */
export interface Pixels {
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
}

/** Samples per output pixel and axis at most: more cost time and change nothing. */
const MAX_SAMPLES = 6

/**
 * The square as `size`×`size` RGB bytes. Each pixel is the mean of a grid of bilinear samples about one picture pixel
 * apart; outside the picture is black.
 */
export function sampleCrop(pixels: Pixels, crop: NetCrop, size: number): Uint8Array {
  const samples = Math.min(MAX_SAMPLES, Math.max(1, Math.ceil(crop.side / size)))
  const step = 1 / (size * samples)
  const [originX, originY] = cropToPicture(crop, [step / 2, step / 2])
  const [besideX, besideY] = cropToPicture(crop, [step * 1.5, step / 2])
  const [stepX, stepY] = [besideX - originX, besideY - originY]
  const sums = new Float32Array(size * size * 3)
  for (let v = 0; v < size * samples; v++) {
    const row = Math.floor(v / samples) * size
    for (let u = 0; u < size * samples; u++) {
      const x = originX + u * stepX - v * stepY - 0.5
      const y = originY + u * stepY + v * stepX - 0.5
      addSample(pixels, x, y, sums, (row + Math.floor(u / samples)) * 3)
    }
  }
  const out = new Uint8Array(sums.length)
  const share = 1 / (samples * samples)
  for (let index = 0; index < out.length; index++) out[index] = sums[index]! * share + 0.5
  return out
}

/** Adds the picture's colour at x, y (pixel centres are whole numbers) to three sums. */
function addSample(
  { data, width, height }: Pixels,
  x: number,
  y: number,
  sums: Float32Array,
  at: number,
): void {
  const left = Math.floor(x)
  const top = Math.floor(y)
  if (left < -1 || top < -1 || left >= width || top >= height) return
  const [right, bottom] = [x - left, y - top]
  // A neighbour outside counts nothing; its index is bent inside so that it can be read.
  const westWeight = left >= 0 ? 1 - right : 0
  const eastWeight = left + 1 < width ? right : 0
  const northWeight = top >= 0 ? 1 - bottom : 0
  const southWeight = top + 1 < height ? bottom : 0
  const west = Math.max(left, 0) * 3
  const east = Math.min(left + 1, width - 1) * 3
  const north = Math.max(top, 0) * width * 3
  const south = Math.min(top + 1, height - 1) * width * 3
  for (let channel = 0; channel < 3; channel++) {
    const above = data[north + west + channel]! * westWeight + data[north + east + channel]! * eastWeight
    const below = data[south + west + channel]! * westWeight + data[south + east + channel]! * eastWeight
    sums[at + channel]! += above * northWeight + below * southWeight
  }
}

/** Left and right exchanged. */
export function mirrorPixels({ data, width, height }: Pixels): Uint8Array {
  const out = new Uint8Array(data.length)
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const from = (row * width + column) * 3
      const to = (row * width + width - 1 - column) * 3
      out[to] = data[from]!
      out[to + 1] = data[from + 1]!
      out[to + 2] = data[from + 2]!
    }
  }
  return out
}
