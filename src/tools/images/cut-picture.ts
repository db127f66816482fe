import { loadSharp } from './load-sharp.ts'

interface Cell {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** Cuts parts out of a picture, without changing a pixel; each is a PNG. Throws when a part lies outside of it. */
export async function cutPicture(picture: Uint8Array, cells: readonly Cell[]): Promise<Buffer[]> {
  const { data, info } = await loadSharp()(picture).raw().toBuffer({ resolveWithObject: true })
  return Promise.all(cells.map((cell) => loadSharp()(data, { raw: info }).extract(cell).png().toBuffer()))
}
