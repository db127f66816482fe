/** Draws a PNG that shows pictures beside their conditioning images, with captions, and below them rejected pictures. */
import type { OverlayOptions } from 'sharp'
import { writeFileAtomic } from '../files/atomic-write.ts'
import { loadSharp } from './load-sharp.ts'
import { chooseTextWriter, type WriteText } from './sheet-text.ts'

export interface ContactSheet {
  readonly title: string
  readonly rows: readonly ContactSheetRow[]
  readonly rejects?: {
    readonly title: string
    readonly pictures: readonly ContactSheetReject[]
  }
}

/** Pictures are given as bytes or as paths. */
interface ContactSheetRow {
  readonly image: Buffer | string
  readonly conditioning: Buffer | string
  readonly caption: string
}

export interface ContactSheetReject {
  /** Null when the picture can't be shown. */
  readonly picture: Buffer | null
  readonly reason: string
  readonly name: string
}

// In pixels.
const TILE = 192
const GAP = 4
const MARGIN = 24
const TITLE_HEIGHT = 44
const CAPTION_HEIGHT = 22
const PAIR = 2 * TILE + GAP
const BACKGROUND = '#fafafa'
const REJECT_TILE = 120
const REJECT_TEXT = 34

/** Writes the file atomically; replaces an older one. */
export async function writeContactSheet(file: string, sheet: ContactSheet): Promise<void> {
  await writeFileAtomic(file, await drawContactSheet(sheet))
}

async function drawContactSheet({ title, rows, rejects }: ContactSheet): Promise<Buffer> {
  const columns = Math.max(1, Math.min(3, Math.ceil(Math.sqrt(rows.length / 1.5))))
  const write = await chooseTextWriter()
  const width = MARGIN + columns * (PAIR + MARGIN)
  const samplesEnd =
    MARGIN + TITLE_HEIGHT + Math.ceil(rows.length / columns) * (TILE + CAPTION_HEIGHT + MARGIN)
  const hasRejects = rejects !== undefined && rejects.pictures.length > 0
  const height = samplesEnd + (hasRejects ? TITLE_HEIGHT + REJECT_TILE + REJECT_TEXT + MARGIN : 0)
  const parts = [
    heading(title, { top: MARGIN - 6, width, size: 20 }, write),
    ...(await Promise.all(rows.map((row, index) => drawRow(row, placeRow(index, columns), write)))),
    ...(hasRejects ? await drawRejects(rejects, { top: samplesEnd, width }, write) : []),
  ]
  return loadSharp()({ create: { width, height, channels: 3, background: BACKGROUND } })
    .composite(parts.flat())
    .removeAlpha()
    .png({ compressionLevel: 6, adaptiveFiltering: true })
    .toBuffer()
}

interface Place {
  readonly left: number
  readonly top: number
}

function placeRow(index: number, columns: number): Place {
  return {
    left: MARGIN + (index % columns) * (PAIR + MARGIN),
    top: MARGIN + TITLE_HEIGHT + Math.floor(index / columns) * (TILE + CAPTION_HEIGHT + MARGIN),
  }
}

function heading(
  text: string,
  { top, width, size }: { top: number; width: number; size: number },
  write: WriteText,
): OverlayOptions[] {
  return write(text, { left: MARGIN, top, width: width - 2 * MARGIN, height: 32, size, weight: 600 })
}

async function drawRow(
  { image, conditioning, caption }: ContactSheetRow,
  { left, top }: Place,
  write: WriteText,
): Promise<OverlayOptions[]> {
  return [
    { input: await tile(image, TILE), left, top },
    { input: await tile(conditioning, TILE), left: left + TILE + GAP, top },
    ...write(caption, { left, top: top + TILE, width: PAIR, height: CAPTION_HEIGHT, size: 12, weight: 400 }),
  ]
}

/** Draws as many as fit on one line. */
async function drawRejects(
  { title, pictures }: NonNullable<ContactSheet['rejects']>,
  { top, width }: { top: number; width: number },
  write: WriteText,
): Promise<OverlayOptions[][]> {
  const room = Math.floor((width - 2 * MARGIN + MARGIN / 2) / (REJECT_TILE + MARGIN / 2))
  const place = (index: number): Place => ({
    left: MARGIN + index * (REJECT_TILE + MARGIN / 2),
    top: top + TITLE_HEIGHT,
  })
  const tiles = pictures.slice(0, room).map((reject, index) => drawReject(reject, place(index), write))
  return [heading(title, { top: top + 4, width, size: 15 }, write), ...(await Promise.all(tiles))]
}

async function drawReject(
  { picture, reason, name }: ContactSheetReject,
  { left, top }: Place,
  write: WriteText,
): Promise<OverlayOptions[]> {
  const line = { left, width: REJECT_TILE, height: 16, size: 11 }
  return [
    { input: picture === null ? await blank(REJECT_TILE) : await tile(picture, REJECT_TILE), left, top },
    ...write(reason, { ...line, top: top + REJECT_TILE + 2, weight: 600 }),
    ...write(name, { ...line, top: top + REJECT_TILE + 17, weight: 400 }),
  ]
}

function tile(picture: Buffer | string, side: number): Promise<Buffer> {
  return loadSharp()(picture)
    .autoOrient()
    .flatten({ background: '#ffffff' })
    .resize(side, side, { fit: 'contain', background: '#dddddd' })
    .toColourspace('srgb')
    .png({ compressionLevel: 1 })
    .toBuffer()
}

/** A crossed-out tile in place of a picture that can't be shown. */
function blank(side: number): Promise<Buffer> {
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}"><rect width="${side}" height="${side}" fill="#e4e4e4"/>` +
    `<path d="M0 0L${side} ${side}M${side} 0L0 ${side}" stroke="#b8b8b8"/></svg>`
  return loadSharp()(Buffer.from(svg)).png().toBuffer()
}
