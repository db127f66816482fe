/** Names of zip entries: from bytes to text, and whether they are harmless. Format: APPNOTE.TXT 6.3.10, 4.4.17 and appendix D. */
import { crc32 } from 'node:zlib'
import { composeName } from '../text/composed-name.ts'
import { quoteName, unsafe } from './zip-error.ts'

/** The upper half of the PC's first character set, in which names are written that are not said to be UTF-8. */
const CP437 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export interface NameHints {
  /** The entry says so. */
  readonly isUtf8: boolean
  /** Content of the entry's extra field 0x7075: the name in UTF-8, by Info-ZIP. */
  readonly unicode: Buffer | null
}

/** Null when bytes that are said to be UTF-8 are not. */
export function decodeName(bytes: Buffer, { isUtf8, unicode }: NameHints): string | null {
  const better = unicode === null ? null : decodeUnicodeField(unicode, bytes)
  // macOS writes UTF-8 and does not say so; what is CP437 is hardly ever UTF-8 by chance.
  return better ?? decodeUtf8(bytes) ?? (isUtf8 ? null : decodeCp437(bytes))
}

/** Version, CRC-32 of the name that it belongs to, name. */
function decodeUnicodeField(field: Buffer, name: Buffer): string | null {
  if (field.length < 5 || field[0] !== 1 || field.readUInt32LE(1) !== crc32(name)) return null
  return decodeUtf8(field.subarray(5))
}

function decodeUtf8(bytes: Buffer): string | null {
  try {
    return utf8.decode(bytes)
  } catch {
    return null
  }
}

export function decodeCp437(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => (byte < 0x80 ? String.fromCharCode(byte) : CP437[byte - 0x80]!)).join('')
}

/** As systems see it that do not tell upper from lower case, nor one way to write an accent from another. */
export function foldName(name: string): string {
  return composeName(name).toLowerCase()
}

const UNSAFE = /^\/|^[A-Za-z]:|\\|\0|(^|\/)\.{0,2}(\/|$)/

/**
 * Throws a ZipError for a name that could lead out of a folder, should anybody ever unpack it. `name` without the slash at
 * the end that marks a folder.
 */
export function checkName(name: string): void {
  if (!UNSAFE.test(name)) return
  throw unsafe(`has an entry called ${quoteName(name)}: ${explain(name)}`)
}

function explain(name: string): string {
  if (name === '') return 'that is no name'
  if (name.startsWith('/')) return 'an absolute path'
  if (/^[A-Za-z]:/.test(name)) return 'a path with a drive letter'
  if (name.includes('\\')) return 'a backslash, which some systems take for a folder'
  if (name.includes('\0')) return 'a zero byte, which ends a name for some systems'
  return name.split('/').includes('..') ? 'it leads out of its folder' : 'an empty part in its path'
}
