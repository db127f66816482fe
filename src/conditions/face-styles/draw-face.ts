/** What the styles have in common. */
import type { Point } from '../../faces/face.ts'
import type { Canvas } from '../../raster/canvas.ts'

/** Paints one face over what is there. `scale` is 1 where the canvas' shorter side has 512 pixels. */
export type DrawFace = (canvas: Canvas, face: readonly Point[], scale: number) => void

/** Landmarks count from the centre of the top-left pixel, a canvas from its corner. */
export function toCanvas([x, y]: Point): Point {
  return [x + 0.5, y + 0.5]
}
