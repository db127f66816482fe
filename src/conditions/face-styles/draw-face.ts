/** What a style of drawing faces has to say for itself, and what the styles have in common. */
import type { Point } from '../../faces/face.ts'
import type { Canvas } from '../../raster/canvas.ts'

/** Paints one face over what is there. `scale` is 1 where the canvas' shorter side has 512 pixels. */
export type DrawFace = (canvas: Canvas, face: readonly Point[], scale: number) => void

export interface FaceStyle<Name extends string = string> {
  /** As in the config: `spiga-seg`. */
  readonly name: Name
  /** For people: `the illustrated mask`. */
  readonly words: string
  readonly draw: DrawFace
}

/** Landmarks count from the centre of the top-left pixel, a canvas from its corner. */
export function toCanvas([x, y]: Point): Point {
  return [x + 0.5, y + 0.5]
}
