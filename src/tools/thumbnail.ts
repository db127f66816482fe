import { loadSharp } from './pictures.ts'

const SIDE = 256

/** A small copy as a `data:` URL. */
export async function makeThumbnail(bytes: Uint8Array): Promise<string> {
  const sharp = await loadSharp()
  const webp = await sharp(bytes).resize(SIDE, SIDE, { fit: 'inside' }).webp({ quality: 85 }).toBuffer()
  return `data:image/webp;base64,${webp.toString('base64')}`
}
