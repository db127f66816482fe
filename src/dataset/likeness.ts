/**
 * A picture in 280 bits: pictures that look alike differ in few of them. 256 are the signs of the picture's low frequencies
 * in brightness (of a cosine transform), which survive compression, resizing and a change of light; 24 are its mean colour,
 * which tells flat pictures apart. How far alike is alike was measured: docs/decisions/near-duplicates.md.
 */
import type { Pixels } from './sample-crop.ts'

/** Of 256 bits. */
export const MAX_DIFFERENT_BITS = 40
/** Of 255, in each channel. */
export const MAX_COLOUR_STEP = 32

/** 70 hexadecimal digits: 8 words of signs, then red, green and blue. */
export function measureLikeness(pixels: Pixels): string {
  const { grey, mean } = shrink(pixels)
  const frequencies = transform(grey)
  const words = Array.from({ length: 8 }, (_, word) => packSigns(frequencies, word * 2))
  return [...words.map((value) => hex(value, 8)), ...mean.map((value) => hex(Math.round(value), 2))].join('')
}

/** Cells a side that the picture is reduced to, and frequencies a side that are looked at. */
const CELLS = 32
const FREQUENCIES = 16
/** Signs of what is smaller than this (of 255) are chance. */
const NOTHING = 1e-6

/** Means over a grid of cells. Larger cells are sampled, not summed: a few hundred pixels of each say enough. */
function shrink({ data, width, height }: Pixels): { grey: Float64Array; mean: number[] } {
  const grey = new Float64Array(CELLS * CELLS)
  const mean = [0, 0, 0]
  const columns = planSpans(width)
  const rows = planSpans(height)
  for (let row = 0; row < CELLS; row++) {
    const { from: top, to: bottom, step: down } = rows[row]!
    for (let column = 0; column < CELLS; column++) {
      const { from: left, to: right, step: along } = columns[column]!
      let [red, green, blue] = [0, 0, 0]
      let count = 0
      for (let y = top; y < bottom; y += down) {
        const end = (y * width + right) * 3
        for (let at = (y * width + left) * 3; at < end; at += along * 3) {
          red += data[at]!
          green += data[at + 1]!
          blue += data[at + 2]!
          count++
        }
      }
      grey[row * CELLS + column] = (0.299 * red + 0.587 * green + 0.114 * blue) / count
      mean[0]! += red / count / grey.length
      mean[1]! += green / count / grey.length
      mean[2]! += blue / count / grey.length
    }
  }
  return { grey, mean }
}

interface Span {
  readonly from: number
  readonly to: number
  readonly step: number
}

const MAX_SAMPLES = 12

/** Which pixels of a side belong to each cell: at least one, also where the picture has fewer pixels than cells. */
function planSpans(length: number): Span[] {
  return Array.from({ length: CELLS }, (_, cell) => {
    const from = Math.floor((cell * length) / CELLS)
    const to = Math.max(from + 1, Math.floor(((cell + 1) * length) / CELLS))
    return { from, to, step: Math.ceil((to - from) / MAX_SAMPLES) }
  })
}

const WAVES = Array.from({ length: FREQUENCIES + 1 }, (_, frequency) =>
  Float64Array.from({ length: CELLS }, (_, cell) =>
    Math.cos((Math.PI * frequency * (2 * cell + 1)) / (2 * CELLS)),
  ),
)

/** The lowest frequencies, row by row; the first one, the mean, is replaced by the next of the first column. */
function transform(grey: Float64Array): Float64Array {
  const across = WAVES.slice(0, FREQUENCIES).map((wave) => projectRows(grey, wave))
  const out = new Float64Array(FREQUENCIES * FREQUENCIES)
  for (let down = 0; down < FREQUENCIES; down++) {
    for (let along = 0; along < FREQUENCIES; along++)
      out[down * FREQUENCIES + along] = project(across[along]!, WAVES[down]!)
  }
  out[0] = project(across[0]!, WAVES[FREQUENCIES]!)
  return out
}

function projectRows(grey: Float64Array, wave: Float64Array): Float64Array {
  const out = new Float64Array(CELLS)
  for (let row = 0; row < CELLS; row++) out[row] = project(grey.subarray(row * CELLS), wave)
  return out
}

function project(values: Float64Array, wave: Float64Array): number {
  let sum = 0
  for (let cell = 0; cell < CELLS; cell++) sum += values[cell]! * wave[cell]!
  return sum / CELLS
}

/** Each half of a word has one frequency of every row and every column, so that no band of bits stands for coarse shapes alone. */
function packSigns(frequencies: Float64Array, first: number): number {
  let word = 0
  for (let bit = 0; bit < 32; bit++) {
    const index = ((bit & 15) << 4) | ((first + (bit >> 4) + (bit & 15)) % 16)
    if (frequencies[index]! > NOTHING) word |= 1 << bit
  }
  return word >>> 0
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0')
}
