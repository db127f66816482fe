/**
 * A picture in 406 bits: pictures that look alike differ in few of them. Most are signs of low frequencies (of a cosine
 * transform), which survive compression, resizing and a change of light: 256 of the brightness, 126 of the colours. 24 are
 * the mean colour, which tells flat pictures apart. How far alike is alike was measured: docs/decisions/near-duplicates.md.
 */
import type { RgbPixels } from '../../raster/rgb-pixels.ts'

/** Hexadecimal digits of the brightness, the colours and the mean. */
export const LIKENESS_DIGITS = [64, 32, 6] as const

/** How far two likenesses of one picture may be apart. */
export const LIKENESS_LIMITS = {
  /** Of 256. */
  brightness: 36,
  /** The same where there are no colours to tell pictures apart, too. */
  brightnessAlone: 24,
  /** Of 126. */
  colours: 10,
  /** Of 255, in each channel. */
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

/** Cells a side that the picture is reduced to. */
const CELLS = 32
/** Frequencies a side that are looked at. */
const FREQUENCIES = 16
const COLOUR_FREQUENCIES = 8
/** Of 255. Smaller ones are of rounding, and in colours of what compression leaves of grey. */
const LEAST = 1e-6
const LEAST_COLOUR = 0.25

interface Cells {
  readonly red: Float64Array
  readonly green: Float64Array
  readonly blue: Float64Array
}

/** Means over a grid of cells. Large cells are sampled, not summed: a hundred pixels of each say enough. */
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

/** Of a cell, along each side. */
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

/** The lowest frequencies, row by row. */
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
 * Signs of the brightness, each 16 of them with one frequency of every row and every column: so no part stands for coarse
 * shapes alone. The mean has no sign; the next frequency of the first column takes its place.
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
