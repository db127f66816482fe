/** A PNG that shows pictures beside their conditioning images, with captions. */
import sharp, { type OverlayOptions } from 'sharp'
import { writeFileAtomic } from './atomic-write.ts'

export interface ContactSheet {
  readonly title: string
  readonly rows: readonly ContactSheetRow[]
}

/** Pictures as bytes or as paths. */
export interface ContactSheetRow {
  readonly image: Buffer | string
  readonly conditioning: Buffer | string
  readonly caption: string
}

/** The file appears when it is whole, in place of an older one. */
export async function writeContactSheet(file: string, sheet: ContactSheet): Promise<void> {
  await writeFileAtomic(file, await drawContactSheet(sheet))
}

// Pixels.
const TILE = 192
const GAP = 4
const MARGIN = 24
const TITLE_HEIGHT = 44
const CAPTION_HEIGHT = 22
const PAIR = 2 * TILE + GAP
const BACKGROUND = '#fafafa'

async function drawContactSheet({ title, rows }: ContactSheet): Promise<Buffer> {
  const columns = Math.max(1, Math.min(3, Math.ceil(Math.sqrt(rows.length / 1.5))))
  const lines = Math.ceil(rows.length / columns)
  const write = (await canWriteText()) ? textOverlay : () => []
  const width = MARGIN + columns * (PAIR + MARGIN)
  const height = MARGIN + TITLE_HEIGHT + lines * (TILE + CAPTION_HEIGHT + MARGIN)
  const parts = await Promise.all(
    rows.map(async (row, i): Promise<OverlayOptions[]> => {
      const left = MARGIN + (i % columns) * (PAIR + MARGIN)
      const top = MARGIN + TITLE_HEIGHT + Math.floor(i / columns) * (TILE + CAPTION_HEIGHT + MARGIN)
      return [
        { input: await tile(row.image), left, top },
        { input: await tile(row.conditioning), left: left + TILE + GAP, top },
        ...write(row.caption, {
          left,
          top: top + TILE,
          width: PAIR,
          height: CAPTION_HEIGHT,
          size: 12,
          weight: 400,
        }),
      ]
    }),
  )
  const heading = {
    left: MARGIN,
    top: MARGIN - 6,
    width: width - 2 * MARGIN,
    height: 32,
    size: 20,
    weight: 600,
  }
  return sharp({ create: { width, height, channels: 3, background: BACKGROUND } })
    .composite([...write(title, heading), ...parts.flat()])
    .removeAlpha()
    .png({ compressionLevel: 9, adaptiveFiltering: true })
    .toBuffer()
}

function tile(picture: Buffer | string): Promise<Buffer> {
  return sharp(picture)
    .autoOrient()
    .flatten({ background: '#ffffff' })
    .resize(TILE, TILE, { fit: 'contain', background: '#dddddd' })
    .toColourspace('srgb')
    .png({ compressionLevel: 1 })
    .toBuffer()
}

interface TextPlace {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
  /** Of the letters, in pixels. */
  readonly size: number
  readonly weight: number
}

function textOverlay(text: string, { left, top, width, height, size, weight }: TextPlace): OverlayOptions[] {
  const line = escapeXml(shorten(text, Math.floor(width / (0.56 * size))))
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">` +
    `<text x="0" y="${0.72 * height}" font-family="Helvetica, Arial, sans-serif" font-size="${size}" ` +
    `font-weight="${weight}" fill="#333333">${line}</text></svg>`
  return [{ input: Buffer.from(svg), left, top }]
}

function shorten(text: string, letters: number): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim()
  const characters = [...line]
  return characters.length <= letters
    ? line
    : `${characters
        .slice(0, letters - 1)
        .join('')
        .trimEnd()}…`
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

/** Without fonts on the machine every letter is nothing, or the same box: then words are left out. */
async function canWriteText(): Promise<boolean> {
  const place = { left: 0, top: 0, width: 40, height: 30, size: 20, weight: 400 }
  const [narrow, wide] = await Promise.all(
    ['i', 'M'].map((letter) => rasterise(textOverlay(letter, place)[0]!.input as Buffer)),
  )
  return !narrow!.equals(wide!)
}

function rasterise(svg: Buffer): Promise<Buffer> {
  return sharp(svg).raw().toBuffer()
}
