/** Cuts the landmark net's square out of a picture. */
import { cropToPicture, type NetCrop } from '../faces/net-crop.ts'

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
  const { data, width, height } = pixels
  const share = 1 / (samples * samples)
  const edge = new Float64Array(3)
  const out = new Uint8Array(size * size * 3)
  for (let index = 0; index < size * size; index++) {
    const firstU = (index % size) * samples
    const firstV = Math.floor(index / size) * samples
    // Sums in single precision. Written out, not as a function of the sample: this is the innermost loop of all.
    let red = 0
    let green = 0
    let blue = 0
    for (let v = firstV; v < firstV + samples; v++) {
      for (let u = firstU; u < firstU + samples; u++) {
        const x = originX + u * stepX - v * stepY - 0.5
        const y = originY + u * stepY + v * stepX - 0.5
        const left = Math.floor(x)
        const top = Math.floor(y)
        if (left < 0 || top < 0 || left >= width - 1 || top >= height - 1) {
          sampleEdge(pixels, x, y, edge)
          red = Math.fround(red + edge[0]!)
          green = Math.fround(green + edge[1]!)
          blue = Math.fround(blue + edge[2]!)
          continue
        }
        const east = x - left
        const west = 1 - east
        const south = y - top
        const north = 1 - south
        const a = (top * width + left) * 3
        const b = a + width * 3
        red = Math.fround(
          red +
            ((data[a]! * west + data[a + 3]! * east) * north +
              (data[b]! * west + data[b + 3]! * east) * south),
        )
        green = Math.fround(
          green +
            ((data[a + 1]! * west + data[a + 4]! * east) * north +
              (data[b + 1]! * west + data[b + 4]! * east) * south),
        )
        blue = Math.fround(
          blue +
            ((data[a + 2]! * west + data[a + 5]! * east) * north +
              (data[b + 2]! * west + data[b + 5]! * east) * south),
        )
      }
    }
    out[index * 3] = red * share + 0.5
    out[index * 3 + 1] = green * share + 0.5
    out[index * 3 + 2] = blue * share + 0.5
  }
  return out
}

/** The colour at x, y (pixel centres are whole numbers) at the edge of the picture, and outside, where all is black. */
function sampleEdge({ data, width, height }: Pixels, x: number, y: number, colour: Float64Array): void {
  colour.fill(0)
  const left = Math.floor(x)
  const top = Math.floor(y)
  if (left < -1 || top < -1 || left >= width || top >= height) return
  // A neighbour outside counts nothing; its index is bent inside so that it can be read.
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
