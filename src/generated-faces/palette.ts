/** The colours of generated people and their surroundings. */
import type { SeededRandom } from './seeded-random.ts'

/** Linear light, 0 to 1. */
export type Rgb = readonly [number, number, number]

const SKIN = ['#f4d8c6', '#ecc5aa', '#dfb08d', '#c99670', '#ad7850', '#875536', '#653d27', '#4a2c1d']
const HAIR = [
  '#17120f',
  '#2a1c14',
  '#43291a',
  '#6b4428',
  '#a87a45',
  '#c9a468',
  '#8a3d1c',
  '#8f8a85',
  '#cfcac2',
]
export const IRIS = ['#3a2214', '#5b3a1e', '#6d6a35', '#4f7391', '#7d93a3', '#4b6b4a']
export const FRAMES = ['#111111', '#2b1a10', '#5a2f16', '#7d7d80', '#a98b4e', '#3a1420']

export function skinColour(tone: number): Rgb {
  const place = tone * (SKIN.length - 1)
  const i = Math.min(SKIN.length - 2, Math.floor(place))
  return mixRgb(parse(SKIN[i]!), parse(SKIN[i + 1]!), place - i)
}

/** Dark skin is combined with dark hair, and higher age with grey hair. */
export function hairColour(r: SeededRandom, tone: number, age: number): Rgb {
  const colour = parse(r.pick(tone > 0.55 ? HAIR.slice(0, 3) : tone > 0.35 ? HAIR.slice(0, 4) : HAIR))
  const grey = r.chance(0.5) && age > 0.6 ? (age - 0.6) / 0.4 : 0
  return mixRgb(colour, parse('#bdb8b1'), grey)
}

export function lipColour(r: SeededRandom, skin: Rgb, masculine: boolean): Rgb {
  const natural: Rgb = [skin[0] * 0.78, skin[1] * 0.5, skin[2] * 0.5]
  const painted = parse(r.pick(['#b3343f', '#a8485a', '#8d2a3c', '#c25b5e']))
  return mixRgb(natural, painted, masculine ? r.between(0, 0.12) : r.between(0.1, 0.8))
}

export function vivid(r: SeededRandom): Rgb {
  return fromHsl(r.between(0, 360), r.between(0.05, 0.55), r.between(0.12, 0.75))
}

export function backdrop(r: SeededRandom): Rgb {
  return fromHsl(r.between(0, 360), r.between(0.05, 0.4), r.between(0.2, 0.8))
}

export function mixRgb(a: Rgb, b: Rgb, t: number): Rgb {
  return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t]
}

/** Parses `#rrggbb` to linear light. */
export function parse(hex: string): Rgb {
  const value = Number.parseInt(hex.slice(1), 16)
  return [toLinear((value >> 16) / 255), toLinear(((value >> 8) & 255) / 255), toLinear((value & 255) / 255)]
}

function fromHsl(hue: number, saturation: number, lightness: number): Rgb {
  const chroma = saturation * Math.min(lightness, 1 - lightness)
  const channel = (n: number): number => {
    const k = (n + hue / 30) % 12
    return toLinear(lightness - chroma * Math.max(-1, Math.min(k - 3, 9 - k, 1)))
  }
  return [channel(0), channel(8), channel(4)]
}

function toLinear(value: number): number {
  return Math.pow(value, 2.2)
}
