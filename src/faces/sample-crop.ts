/** Samples the landmark net's square from a picture. */
import { cropToPicture, type NetCrop } from './net-crop.ts'
import type { RgbPixels } from '../raster/rgb-pixels.ts'

/** Most samples per output pixel and axis; more take longer and don't change the result. */
const MAX_SAMPLES = 6

/** Fixed-point unit of positions: 16 bits for whole pixels, 16 bits for the fraction. */
const FRACTION = 2 ** 16

/**
 * Returns the square as `size`×`size` RGB bytes. Each pixel is the mean of a grid of bilinear samples about one picture pixel
 * apart; the area outside the picture is black. Integer arithmetic makes it twice as fast; positions are exact to 1/98 pixel,
 * weights to 1/256. Works for pictures up to 32,767 pixels on a side.
 */
export function sampleCrop(pixels: RgbPixels, crop: NetCrop, size: number): Uint8Array {
  const samples = Math.min(MAX_SAMPLES, Math.max(1, Math.ceil(crop.side / size)))
  const step = 1 / (size * samples)
  const [originX, originY] = cropToPicture(crop, [step / 2, step / 2])
  const [besideX, besideY] = cropToPicture(crop, [step * 1.5, step / 2])
  const [stepX, stepY] = [toFraction(besideX - originX), toFraction(besideY - originY)]
  const [startX, startY] = [toFraction(originX - 0.5), toFraction(originY - 0.5)]
  const { data, width, height } = pixels
  const rowBytes = width * 3
  const share = 1 / (samples * samples * FRACTION)
  const edge = new Float64Array(3)
  const out = new Uint8Array(size * size * 3)
  for (let index = 0; index < size * size; index++) {
    const firstU = (index % size) * samples
    const firstV = Math.floor(index / size) * samples
    // Written inline instead of as a function, because this is the innermost loop.
    let red = 0
    let green = 0
    let blue = 0
    for (let v = firstV; v < firstV + samples; v++) {
      let x = (startX + firstU * stepX - v * stepY) | 0
      let y = (startY + firstU * stepY + v * stepX) | 0
      for (let u = 0; u < samples; u++) {
        const left = x >> 16
        const top = y >> 16
        if (left < 0 || top < 0 || left >= width - 1 || top >= height - 1) {
          sampleEdge(pixels, x / FRACTION, y / FRACTION, edge)
          red += edge[0]! * FRACTION
          green += edge[1]! * FRACTION
          blue += edge[2]! * FRACTION
        } else {
          const east = (x >> 8) & 255
          const south = (y >> 8) & 255
          const southEast = Math.imul(south, east)
          const southWest = (south << 8) - southEast
          const northEast = (east << 8) - southEast
          const northWest = FRACTION - (south << 8) - northEast
          const a = Math.imul(top, rowBytes) + left * 3
          const b = a + rowBytes
          red +=
            data[a]! * northWest + data[a + 3]! * northEast + data[b]! * southWest + data[b + 3]! * southEast
          green +=
            data[a + 1]! * northWest +
            data[a + 4]! * northEast +
            data[b + 1]! * southWest +
            data[b + 4]! * southEast
          blue +=
            data[a + 2]! * northWest +
            data[a + 5]! * northEast +
            data[b + 2]! * southWest +
            data[b + 5]! * southEast
        }
        x = (x + stepX) | 0
        y = (y + stepY) | 0
      }
    }
    out[index * 3] = red * share + 0.5
    out[index * 3 + 1] = green * share + 0.5
    out[index * 3 + 2] = blue * share + 0.5
  }
  return out
}

function toFraction(pixels: number): number {
  return Math.round(pixels * FRACTION)
}

/**
 * Writes the interpolated colour at x, y (pixel centres are whole numbers) into `colour`, for positions at the picture's edge
 * and outside it, where all is black.
 */
function sampleEdge({ data, width, height }: RgbPixels, x: number, y: number, colour: Float64Array): void {
  colour.fill(0)
  const left = Math.floor(x)
  const top = Math.floor(y)
  if (left < -1 || top < -1 || left >= width || top >= height) return
  // A neighbour outside the picture has weight 0; its index is clamped so that it can be read.
  const westWeight = left >= 0 ? 1 - (x - left) : 0
  const eastWeight = left + 1 < width ? x - left : 0
  const northWeight = top >= 0 ? 1 - (y - top) : 0
  const southWeight = top + 1 < height ? y - top : 0
  const west = Math.max(left, 0) * 3
  const east = Math.min(left + 1, width - 1) * 3
  const north = Math.max(top, 0) * width * 3
  const south = Math.min(top + 1, height - 1) * width * 3
  for (let channel = 0; channel < 3; channel++) {
    const above = data[north + west + channel]! * westWeight + data[north + east + channel]! * eastWeight
    const below = data[south + west + channel]! * westWeight + data[south + east + channel]! * eastWeight
    colour[channel] = above * northWeight + below * southWeight
  }
}

/** Returns the pixels with left and right exchanged. */
export function mirrorPixels({ data, width, height }: RgbPixels): Uint8Array {
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
