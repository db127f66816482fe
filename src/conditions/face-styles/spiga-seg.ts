/**
 * The illustrated face mask: coloured lines and areas on black. It is drawn like the public SPIGA dataset of FaceSynthetics, so
 * that models trained on either dataset accept conditioning images of the other.
 */
import { fillPolygon, strokePolyline, type Colour } from '../../raster/canvas.ts'
import { toCanvas, type DrawFace, type FaceStyle } from './draw-face.ts'

interface Shape {
  /** Range of landmarks; `to` is exclusive. */
  readonly from: number
  readonly to: number
  readonly area: boolean
  readonly colour: Colour
}

/** In painting order: later shapes cover earlier ones. */
export const SPIGA_SEG_SHAPES: readonly Shape[] = [
  { from: 0, to: 17, area: false, colour: [0, 255, 0] }, // jaw
  { from: 17, to: 22, area: false, colour: [255, 255, 0] }, // right brow
  { from: 22, to: 27, area: false, colour: [255, 255, 0] }, // left brow
  { from: 27, to: 31, area: false, colour: [255, 165, 0] }, // nose bridge
  { from: 31, to: 36, area: false, colour: [255, 165, 0] }, // nose base
  { from: 36, to: 42, area: true, colour: [255, 0, 255] }, // right eye
  { from: 42, to: 48, area: true, colour: [255, 0, 255] }, // left eye
  { from: 48, to: 60, area: true, colour: [0, 255, 255] }, // outer lips
  { from: 60, to: 68, area: true, colour: [0, 0, 255] }, // inner lips
]

/** In pixels, for a shorter side of 512. */
const LINE_WIDTH = 4

export const spigaSeg: FaceStyle<'spiga-seg'> = {
  name: 'spiga-seg',
  words: 'the illustrated mask',
  draw: drawSpigaSeg,
}

function drawSpigaSeg(...[canvas, face, scale]: Parameters<DrawFace>): void {
  for (const { from, to, area, colour } of SPIGA_SEG_SHAPES) {
    const points = face.slice(from, to).map(toCanvas)
    if (area) fillPolygon(canvas, points, colour)
    strokePolyline(canvas, points, { width: LINE_WIDTH * scale, colour, closed: area })
  }
}
