/**
 * The illustrated face mask: 68 landmarks as coloured lines and areas on black, the way the public SPIGA dataset of
 * FaceSynthetics was drawn, so that models trained on either understand the other.
 */
import { LANDMARK_COUNT, type Point } from './face.ts'

export interface SpigaSegSize {
  /** Pixels. */
  readonly width: number
  readonly height: number
  /** Pixels; 4 at 512. */
  readonly strokeWidth: number
  /** Draw this part of the canvas only. */
  readonly view?: View
}

/** A part of the canvas, in whole pixels. */
export interface View {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

interface Shape {
  /** Half-open range of landmarks. */
  readonly from: number
  readonly to: number
  readonly area: boolean
  readonly colour: string
}

/** In painting order: later shapes cover earlier ones. */
export const SPIGA_SEG_SHAPES: readonly Shape[] = [
  { from: 0, to: 17, area: false, colour: '#00ff00' }, // jaw
  { from: 17, to: 22, area: false, colour: '#ffff00' }, // right brow
  { from: 22, to: 27, area: false, colour: '#ffff00' }, // left brow
  { from: 27, to: 31, area: false, colour: '#ffa500' }, // nose bridge
  { from: 31, to: 36, area: false, colour: '#ffa500' }, // nose base
  { from: 36, to: 42, area: true, colour: '#ff00ff' }, // right eye
  { from: 42, to: 48, area: true, colour: '#ff00ff' }, // left eye
  { from: 48, to: 60, area: true, colour: '#00ffff' }, // outer lips
  { from: 60, to: 68, area: true, colour: '#0000ff' }, // inner lips
]

/** One SVG picture of all faces; the nine shapes of a face are painted before the next face begins. */
export function renderSpigaSegSvg(faces: readonly (readonly Point[])[], size: SpigaSegSize): string {
  const { width, height, strokeWidth, view = { left: 0, top: 0, width, height } } = size
  const place = `viewBox="${view.left} ${view.top} ${view.width} ${view.height}"`
  const shapes = faces.flatMap((face) => SPIGA_SEG_SHAPES.map((shape) => renderShape(shape, face)))
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${view.width}" height="${view.height}" ${place}>` +
    `<rect width="${width}" height="${height}" fill="#000000"/>` +
    `<g stroke-width="${strokeWidth}" stroke-linejoin="miter" stroke-linecap="butt">${shapes.join('')}</g></svg>`
  )
}

/** The smallest view that holds every stroke: the rest of the canvas stays black. Null when no stroke is on it. */
export function boundSpigaSeg(faces: readonly (readonly Point[])[], size: SpigaSegSize): View | null {
  const points = faces.flatMap((face) => face.slice(0, LANDMARK_COUNT))
  // SVG cuts a mitre off where it would reach out farther than twice the stroke's width.
  const reach = 2 * size.strokeWidth + 1
  const [left, right] = bound(
    points.map(([x]) => x),
    reach,
    size.width,
  )
  const [top, bottom] = bound(
    points.map(([, y]) => y),
    reach,
    size.height,
  )
  return left < right && top < bottom ? { left, top, width: right - left, height: bottom - top } : null
}

function bound(values: readonly number[], reach: number, limit: number): [number, number] {
  const from = values.reduce((least, value) => Math.min(least, value), Infinity)
  const to = values.reduce((most, value) => Math.max(most, value), -Infinity)
  return [Math.max(0, Math.floor(from - reach)), Math.min(limit, Math.ceil(to + reach + 1))]
}

function renderShape({ from, to, area, colour }: Shape, face: readonly Point[]): string {
  const path = face.slice(from, to).map(toCanvas).join('L')
  return `<path d="M${path}${area ? 'Z' : ''}" fill="${area ? colour : 'none'}" stroke="${colour}"/>`
}

/** Landmarks count from the centre of the top-left pixel, a canvas from its corner. */
function toCanvas([x, y]: Point): string {
  return `${round(x + 0.5)},${round(y + 0.5)}`
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4
}
