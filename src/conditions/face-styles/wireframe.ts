/**
 * Thin contours without filled areas. Each region has its own colour, so that a mirrored face looks different: the right side
 * is red to yellow, the left side bluish.
 */
import { strokePolyline, type Colour } from '../../raster/canvas.ts'
import { toCanvas, type DrawFace, type FaceStyle } from './draw-face.ts'

interface Contour {
  /** Range of landmarks; `to` is exclusive. */
  readonly from: number
  readonly to: number
  readonly closed: boolean
  readonly colour: Colour
}

/** In painting order: later contours cover earlier ones. */
export const WIREFRAME_CONTOURS: readonly Contour[] = [
  { from: 0, to: 17, closed: false, colour: [255, 255, 255] }, // jaw
  { from: 17, to: 22, closed: false, colour: [255, 0, 0] }, // right brow
  { from: 22, to: 27, closed: false, colour: [0, 128, 255] }, // left brow
  { from: 27, to: 31, closed: false, colour: [0, 255, 0] }, // nose bridge
  { from: 31, to: 36, closed: false, colour: [0, 255, 128] }, // nose base
  { from: 36, to: 42, closed: true, colour: [255, 255, 0] }, // right eye
  { from: 42, to: 48, closed: true, colour: [0, 255, 255] }, // left eye
  { from: 48, to: 60, closed: true, colour: [255, 0, 255] }, // outer lips
  { from: 60, to: 68, closed: true, colour: [255, 128, 0] }, // inner lips
]

/** In pixels, for a shorter side of 512. */
const LINE_WIDTH = 2

export const wireframe: FaceStyle<'wireframe'> = {
  name: 'wireframe',
  words: 'thin contours, a colour for each part of the face',
  draw: drawWireframe,
}

function drawWireframe(...[canvas, face, scale]: Parameters<DrawFace>): void {
  for (const { from, to, closed, colour } of WIREFRAME_CONTOURS) {
    strokePolyline(canvas, face.slice(from, to).map(toCanvas), { width: LINE_WIDTH * scale, colour, closed })
  }
}
