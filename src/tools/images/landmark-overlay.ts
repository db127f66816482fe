/** Draws landmarks as dots on the picture, to show what the annotator found. */
import type { Face } from '../../faces/face.ts'
import { canvasOver, fillCircle, type Colour } from '../../raster/canvas.ts'
import { loadSharp } from './load-sharp.ts'
import { readPicture } from './decode-picture.ts'

const DOTS: Colour = [0, 230, 118]

/** Returns a PNG. The dots are about a fiftieth of the face. */
export async function drawOverlay(file: string, faces: readonly Face[]): Promise<Buffer> {
  const sharp = loadSharp()
  const { data, width, height } = await readPicture(file)
  const canvas = canvasOver(data, width, height)
  for (const { box, landmarks } of faces) {
    const radius = Math.max(1, box[2] / 90)
    for (const [x, y] of landmarks) fillCircle(canvas, [x + 0.5, y + 0.5], radius, DOTS)
  }
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer()
}
