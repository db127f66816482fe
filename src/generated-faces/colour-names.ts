/** Colours with a name: what captions call them, and what plain faces are painted with. */
import { parse, type Rgb } from './palette.ts'

export type NamedColour = readonly [name: string, colour: Rgb]

const named = (colours: Readonly<Record<string, string>>): readonly NamedColour[] =>
  Object.entries(colours).map(([name, hex]) => [name, parse(hex)])

export const HAIR_COLOURS = named({
  black: '#1c1512',
  brown: '#54341f',
  blond: '#c9a25c',
  red: '#9a3f1a',
  grey: '#8f8b87',
  white: '#d2cdc6',
})

export const SKIN_COLOURS = named({
  pale: '#f1d3bf',
  light: '#dfb08d',
  tan: '#bd8a63',
  brown: '#8b5a3a',
  dark: '#553322',
})

export const BACKGROUND_COLOURS = named({
  red: '#b3443f',
  orange: '#d08a4a',
  yellow: '#d9c662',
  green: '#5f9a5c',
  blue: '#4d74b0',
  purple: '#7f5a9e',
  grey: '#8d9094',
  white: '#e2e2df',
})

/** Name of the colour of the list that looks most like this one. */
export function nameColour(colour: Rgb, list: readonly NamedColour[]): string {
  const distance = ([, other]: NamedColour): number =>
    colour.reduce((sum, value, k) => sum + (Math.cbrt(value) - Math.cbrt(other[k]!)) ** 2, 0)
  return list.reduce((best, next) => (distance(next) < distance(best) ? next : best))[0]
}
