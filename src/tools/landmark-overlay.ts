/** The picture with its landmarks as dots: for looking at what the annotator found. */
import type { Face } from '../dataset/face.ts'
import { loadSharp, readPicture } from './pictures.ts'

/** Dots are about a fiftieth of the face. A PNG file's bytes. */
export async function drawOverlay(file: string, faces: readonly Face[]): Promise<Buffer> {
  const sharp = await loadSharp()
  const { data, width, height } = await readPicture(file)
  const dots = faces.flatMap(({ box, landmarks }) => {
    const radius = Math.max(1, box[2] / 90).toFixed(2)
    return landmarks.map(
      ([x, y]) => `<circle cx="${(x + 0.5).toFixed(2)}" cy="${(y + 0.5).toFixed(2)}" r="${radius}"/>`,
    )
  })
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" fill="#00e676">${dots.join('')}</svg>`
  return sharp(data, { raw: { width, height, channels: 3 } })
    .composite([{ input: Buffer.from(svg) }])
    .removeAlpha()
    .png()
    .toBuffer()
}
