/** Draws text on contact sheets if the machine has fonts. */
import type { OverlayOptions } from 'sharp'
import { loadSharp } from './load-sharp.ts'

interface TextPlace {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
  /** Font size in pixels. */
  readonly size: number
  readonly weight: number
}

/** Draws one line, cut to the available width. */
export type WriteText = (text: string, place: TextPlace) => OverlayOptions[]

/** Without fonts every letter is drawn as nothing or as the same box; then no text is drawn. */
export async function chooseTextWriter(): Promise<WriteText> {
  const place = { left: 0, top: 0, width: 40, height: 30, size: 20, weight: 400 }
  const [narrow, wide] = await Promise.all(
    ['i', 'M'].map((letter) => rasterise(writeText(letter, place)[0]!.input as Buffer)),
  )
  return narrow!.equals(wide!) ? () => [] : writeText
}

function writeText(text: string, { left, top, width, height, size, weight }: TextPlace): OverlayOptions[] {
  const line = escapeXml(shorten(text, Math.floor(width / (0.56 * size))))
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">` +
    `<text x="0" y="${0.72 * height}" font-family="Helvetica, Arial, sans-serif" font-size="${size}" ` +
    `font-weight="${weight}" fill="#333333">${line}</text></svg>`
  return [{ input: Buffer.from(svg), left, top }]
}

/** Removes control characters, direction marks and characters that XML does not allow; joiners are kept. */
function shorten(text: string, letters: number): string {
  const line = text
    .slice(0, 20 * letters)
    .replace(/\s+/gu, ' ')
    .replace(/\p{Cc}|(?![\u200c\u200d])\p{Cf}|\p{Cs}|[\ufffe\uffff]/gu, '')
    .trim()
  const characters = [...line]
  if (columnsOf(characters) <= letters) return line
  let kept = 0
  for (let used = 1; kept < characters.length; kept++) {
    used += columnOf(characters[kept]!)
    if (used > letters) break
  }
  return `${characters.slice(0, kept).join('').trimEnd()}…`
}

/** East Asian characters and emoji are as wide as two letters. */
function columnOf(character: string): number {
  return /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}]/u.test(
    character,
  )
    ? 2
    : 1
}

function columnsOf(characters: readonly string[]): number {
  return characters.reduce((sum, character) => sum + columnOf(character), 0)
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

function rasterise(svg: Buffer): Promise<Buffer> {
  return loadSharp()(svg).raw().toBuffer()
}
