/**
 * Perceptual hash of a picture in 406 bits; similar pictures differ in few of them. 256 bits are signs of low-frequency DCT
 * coefficients of the brightness and 126 of the colours; they survive compression, resizing and changes of light. 24 bits are
 * the mean colour, which tells flat pictures apart. docs/decisions/near-duplicates.md tells how the limits were measured.
 */
import type { RgbPixels } from '../../raster/rgb-pixels.ts'

/** Hexadecimal digits for brightness, colours and mean. */
export const LIKENESS_DIGITS = [64, 32, 6] as const

/** The most that the hashes of two near-duplicates may differ. */
export const LIKENESS_LIMITS = {
  /** Bits out of 256. */
  brightness: 36,
  /** Bits out of 256 when both pictures are grey, so that colours can't tell them apart. */
  brightnessAlone: 24,
  /** Bits out of 126. */
  colours: 10,
  /** Levels out of 255, in each channel. */
  mean: 32,
}

export function measureLikeness(pixels: RgbPixels): string {
  const { red, green, blue } = shrink(pixels)
  const grey = red.map((value, cell) => 0.299 * value + 0.587 * green[cell]! + 0.114 * blue[cell]!)
  const colours = [blue, red].flatMap((channel) => {
    const apart = channel.map((value, cell) => value - grey[cell]!)
    return [...transform(apart, COLOUR_FREQUENCIES)].map((value, at) => at > 0 && value > LEAST_COLOUR)
  })
  const mean = [red, green, blue].map(
    (channel) => channel.reduce((sum, value) => sum + value, 0) / CELLS ** 2,
  )
  return [
    packBits(mixBrightness(grey)),
    packBits(colours),
    ...mean.map((value) => Math.round(value).toString(16).padStart(2, '0')),
  ].join('')
}

/** The picture is reduced to 32 × 32 cells. */
const CELLS = 32
/** DCT frequencies per axis that are used. */
const FREQUENCIES = 16
const COLOUR_FREQUENCIES = 8
/** In levels of 255. Smaller coefficients are rounding errors; in colours they are traces of compression in grey pictures. */
const LEAST = 1e-6
const LEAST_COLOUR = 0.25

interface Cells {
  readonly red: Float64Array
  readonly green: Float64Array
  readonly blue: Float64Array
}

/** Returns the mean colour of each cell. Large cells are sampled: about a hundred pixels each are enough. */
function shrink({ data, width, height }: RgbPixels): Cells {
  const [red, green, blue] = [0, 1, 2].map(() => new Float64Array(CELLS ** 2)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  const columns = planSpans(width)
  planSpans(height).forEach((row, down) => {
    columns.forEach((column, along) => {
      let [r, g, b, count] = [0, 0, 0, 0]
      for (let y = row.from; y < row.to; y += row.step) {
        const end = (y * width + column.to) * 3
        for (let at = (y * width + column.from) * 3; at < end; at += column.step * 3) {
          r += data[at]!
          g += data[at + 1]!
          b += data[at + 2]!
          count++
        }
      }
      const cell = down * CELLS + along
      red[cell] = r / count
      green[cell] = g / count
      blue[cell] = b / count
    })
  })
  return { red, green, blue }
}

interface Span {
  readonly from: number
  readonly to: number
  readonly step: number
}

/** Most samples of a cell along each axis. */
const MAX_SAMPLES = 12

/**
 * Returns the pixel range of each cell along one axis; at least one pixel, even when the picture has fewer pixels than cells.
 */
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

/** Returns the lowest `count` × `count` DCT coefficients, row by row. */
function transform(cells: Float64Array, count: number): Float64Array {
  const out = new Float64Array(count ** 2)
  for (let along = 0; along < count; along++) {
    const across = projectRows(cells, WAVES[along]!)
    for (let down = 0; down < count; down++) out[down * count + along] = project(across, 0, WAVES[down]!)
  }
  return out
}

function projectRows(cells: Float64Array, wave: Float64Array): Float64Array {
  const out = new Float64Array(CELLS)
  for (let row = 0; row < CELLS; row++) out[row] = project(cells, row * CELLS, wave)
  return out
}

function project(values: Float64Array, from: number, wave: Float64Array): number {
  let sum = 0
  for (let cell = 0; cell < CELLS; cell++) sum += values[from + cell]! * wave[cell]!
  return sum / CELLS
}

/**
 * Returns the signs of the brightness coefficients, in an order in which every 16 bits contain one frequency of each row and
 * column, so that no group of bits stands for coarse shapes only. The mean has no meaningful sign; the next frequency of the
 * first column replaces it.
 */
function mixBrightness(grey: Float64Array): boolean[] {
  const frequencies = transform(grey, FREQUENCIES)
  frequencies[0] = project(projectRows(grey, WAVES[0]!), 0, WAVES[FREQUENCIES]!)
  return Array.from({ length: FREQUENCIES ** 2 }, (_, bit) => {
    const row = bit % FREQUENCIES
    const column = (Math.floor(bit / FREQUENCIES) + row) % FREQUENCIES
    return frequencies[row * FREQUENCIES + column]! > LEAST
  })
}

function packBits(bits: readonly boolean[]): string {
  let digits = ''
  for (let at = 0; at < bits.length; at += 4) {
    const value =
      Number(bits[at]) + 2 * Number(bits[at + 1]) + 4 * Number(bits[at + 2]) + 8 * Number(bits[at + 3])
    digits += value.toString(16)
  }
  return digits
}
