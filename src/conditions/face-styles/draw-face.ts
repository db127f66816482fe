/** The interface of a face style, and what the styles share. */
import type { Point } from '../../faces/face.ts'
import type { Canvas } from '../../raster/canvas.ts'

/** Paints one face on the canvas. `scale` is 1 when the shorter side of the canvas has 512 pixels. */
export type DrawFace = (canvas: Canvas, face: readonly Point[], scale: number) => void

export interface FaceStyle<Name extends string = string> {
  /** Name in the config: `spiga-seg`. */
  readonly name: Name
  /** Description for the reference: `the illustrated mask`. */
  readonly words: string
  readonly draw: DrawFace
}

/**
 * Converts a landmark, which counts from the centre of the top-left pixel, to canvas coordinates, which count from its corner.
 */
export function toCanvas([x, y]: Point): Point {
  return [x + 0.5, y + 0.5]
}
