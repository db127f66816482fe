import type { RgbPixels } from '../../raster/rgb-pixels.ts'
import { colourDistance, toLab } from '../lab.ts'
import type { Measure } from './measure.ts'

export const paletteDistance: Measure = {
  name: 'palette_distance',
  title: 'palette distance',
  reads: 'condition',
  better: 'lower',
  words: 'mean distance in CIELAB of the colours of all cells, as a fraction of that between black and white',
  compare: ({ condition }, seen) => [meanColourDistance(condition!, seen.condition!)],
}

const BLACK_TO_WHITE = 100

/** Over all pixels, so that larger cells count more. */
function meanColourDistance(truth: RgbPixels, seen: RgbPixels): number {
  const pixels = truth.data.length / 3
  // Cells are of one colour: each pair of colours is worked out once.
  const known = new Map<number, number>()
  let sum = 0
  for (let at = 0; at < truth.data.length; at += 3) {
    const [one, other] = [colourAt(truth, at), colourAt(seen, at)]
    const pair = packColour(one) * 0x1000000 + packColour(other)
    const distance = known.get(pair) ?? colourDistance(toLab(...one), toLab(...other))
    known.set(pair, distance)
    sum += distance
  }
  return sum / pixels / BLACK_TO_WHITE
}

type Colour = readonly [red: number, green: number, blue: number]

function colourAt({ data }: RgbPixels, at: number): Colour {
  return [data[at]!, data[at + 1]!, data[at + 2]!]
}

/** 24 bits. */
function packColour([red, green, blue]: Colour): number {
  return (red << 16) | (green << 8) | blue
}
