/** One picture in several sizes, each once: for the detector, and for cutting faces out without looking at every pixel. */
import { CELL_SIDE } from '../../dataset/faces/face-detection.ts'
import type { Pixels } from '../../dataset/pictures/sample-crop.ts'
import { LANDMARK_NET_SIDE } from './landmark-nets.ts'
import { loadSharp } from '../images/load-sharp.ts'

export interface Level {
  readonly pixels: Pixels
  /** Pixels of this level per pixel of the picture. */
  readonly scaleX: number
  readonly scaleY: number
  /** Black at the right and below makes the sides multiples of 32, as the detector wants. */
  readonly padded: boolean
}

/** The picture itself, then one level for each longer side in `sides`, largest first. */
export async function buildPyramid(picture: Pixels, sides: readonly number[]): Promise<Level[]> {
  const levels: Level[] = [{ pixels: picture, scaleX: 1, scaleY: 1, padded: false }]
  let base = picture
  for (const side of sides) {
    const { width, height } = fitInside(picture, side)
    const reduced = await resize(base, width, height)
    levels.push({
      pixels: pad(reduced),
      scaleX: width / picture.width,
      scaleY: height / picture.height,
      padded: true,
    })
    if (width <= picture.width) base = reduced
  }
  return levels
}

/** The smallest level on which a square of this many picture pixels still fills the landmark net's input. */
export function pickLevel(levels: readonly Level[], side: number): Level {
  const enough = levels.filter((level) => side * level.scaleX >= LANDMARK_NET_SIDE && level.scaleX <= 1)
  return enough.toSorted((a, b) => a.scaleX - b.scaleX)[0] ?? (levels[0] as Level)
}

function fitInside({ width, height }: Pixels, side: number): { width: number; height: number } {
  const scale = side / Math.max(width, height)
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}

async function resize({ data, ...raw }: Pixels, width: number, height: number): Promise<Pixels> {
  if (raw.width === width && raw.height === height) return { data, width, height }
  const sharp = loadSharp()
  const image = sharp(data, { raw: { width: raw.width, height: raw.height, channels: 3 } })
  image.resize({ width, height, fit: 'fill', kernel: 'linear' })
  return { data: await image.raw().toBuffer(), width, height }
}

function pad({ data, width, height }: Pixels): Pixels {
  const paddedWidth = Math.ceil(width / CELL_SIDE) * CELL_SIDE
  const paddedHeight = Math.ceil(height / CELL_SIDE) * CELL_SIDE
  if (paddedWidth === width && paddedHeight === height) return { data, width, height }
  const out = new Uint8Array(paddedWidth * paddedHeight * 3)
  for (let row = 0; row < height; row++) {
    out.set(data.subarray(row * width * 3, (row + 1) * width * 3), row * paddedWidth * 3)
  }
  return { data: out, width: paddedWidth, height: paddedHeight }
}
