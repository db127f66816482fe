/** Decodes the names of zip entries and rejects unsafe ones. Format: APPNOTE.TXT 6.3.10, 4.4.17 and appendix D. */
import { crc32 } from 'node:zlib'
import { composeName } from '../text/composed-name.ts'
import { quoteName, unsafe } from './zip-error.ts'

/** Characters 0x80 to 0xFF of code page 437, which zip uses for names that are not marked as UTF-8. */
const CP437 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export interface NameHints {
  /** The entry's flag for UTF-8 names. */
  readonly isUtf8: boolean
  /** Content of extra field 0x7075 (Info-ZIP's Unicode path): the name in UTF-8. */
  readonly unicode: Buffer | null
}

/** Returns null when the name is marked as UTF-8 but is not valid UTF-8. */
export function decodeName(bytes: Buffer, { isUtf8, unicode }: NameHints): string | null {
  const better = unicode === null ? null : decodeUnicodeField(unicode, bytes)
  // macOS writes UTF-8 without marking it. A name in CP437 is hardly ever valid UTF-8 by chance.
  return better ?? decodeUtf8(bytes) ?? (isUtf8 ? null : decodeCp437(bytes))
}

/** The field holds a version, the CRC-32 of the name it belongs to, and the name. Returns null when it does not match. */
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

/** Folds case and Unicode form, so that names which some file systems treat as the same become equal. */
export function foldName(name: string): string {
  return composeName(name).toLowerCase()
}

const UNSAFE = /^\/|^[A-Za-z]:|\\|\0|(^|\/)\.{0,2}(\/|$)/

/**
 * Throws a ZipError for a name that could lead outside a folder if the archive were ever unpacked. Give a folder's name without
 * its trailing slash.
 */
export function checkName(name: string): void {
  if (!UNSAFE.test(name)) return
  throw unsafe(`has an entry called ${quoteName(name)}: ${explain(name)}`)
}

function explain(name: string): string {
  if (name === '') return 'an empty name'
  if (name.startsWith('/')) return 'an absolute path'
  if (/^[A-Za-z]:/.test(name)) return 'a path with a drive letter'
  if (name.includes('\\')) return 'a backslash, which some systems take for a folder'
  if (name.includes('\0')) return 'a zero byte, which ends a name for some systems'
  return name.split('/').includes('..') ? 'it leads out of its folder' : 'an empty part in its path'
}
