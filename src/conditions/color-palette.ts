/** The picture as a coarse grid of mean colours: the model keeps the composition and is free in the shapes. */
import type { Region } from '../raster/coverage.ts'
import { needPicture, type AnyPicture, type Condition, type RenderInput } from './condition.ts'
import { kitCommand } from '../next-step.ts'

/** Side of a cell in pixels. */
const CELL = 64

export const colorPalette = {
  kind: 'color-palette',
  title: 'color palette',
  from: 'picture',
  version: 1,
  drives: () => `which colours are where, as the means of cells of ${CELL} × ${CELL} pixels`,
  fromAnyPicture: (): AnyPicture => ({
    command: kitCommand('annotate', { words: ['photo.jpg'], flags: { kind: 'color-palette' } }),
    cost: 'about 9 ms of one core a 512 px picture; no model',
  }),
  lookFor: 'the conditioning image shows the same picture, and the caption says what is on it',
  render,
} as const satisfies Condition

function render(input: RenderInput): Uint8Array {
  const { width, height } = input
  const picture = needPicture(input)
  const rgb = new Uint8Array(picture.length)
  const columns = cutSide(width)
  for (const [top, bottom] of cutSide(height)) {
    for (const [left, right] of columns) {
      const mean = averageCell(picture, width, { left, right, top, bottom })
      for (let x = left; x < right; x++) rgb.set(mean, (top * width + x) * 3)
    }
    const firstRow = top * width * 3
    for (let y = top + 1; y < bottom; y++) rgb.copyWithin(y * width * 3, firstRow, firstRow + width * 3)
  }
  return rgb
}

/** Returns start and end of each cell along one side. If the side is not a multiple of 64, cells are a little larger. */
function cutSide(side: number): (readonly [from: number, to: number])[] {
  const cells = Math.max(1, Math.floor(side / CELL))
  const edge = (cell: number): number => Math.round((cell * side) / cells)
  return Array.from({ length: cells }, (_, cell) => [edge(cell), edge(cell + 1)] as const)
}

function averageCell(picture: Uint8Array, width: number, { left, right, top, bottom }: Region): number[] {
  let [red, green, blue] = [0, 0, 0]
  for (let y = top; y < bottom; y++) {
    const end = (y * width + right) * 3
    for (let at = (y * width + left) * 3; at < end; at += 3) {
      red += picture[at]!
      green += picture[at + 1]!
      blue += picture[at + 2]!
    }
  }
  const pixels = (right - left) * (bottom - top)
  return [red, green, blue].map((sum) => Math.round(sum / pixels))
}
