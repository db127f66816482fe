export type ZipErrorCode = 'zip-missing' | 'zip-damaged' | 'zip-unsupported' | 'zip-unsafe' | 'zip-too-large'

/** An archive that is not read at all. The message goes on after the archive's name: `has no directory`. */
export class ZipError extends Error {
  readonly code: ZipErrorCode
  readonly remedy: string

  constructor(code: ZipErrorCode, message: string, remedy: string) {
    super(message)
    this.name = 'ZipError'
    this.code = code
    this.remedy = remedy
  }
}

const FETCH_AGAIN = 'Fetch or copy it again: it may have been cut off or changed on the way.'
const PACK_AGAIN = 'Unpack it with a program you trust, look at what comes out, and name that folder.'

export function damaged(message: string): ZipError {
  return new ZipError('zip-damaged', message, FETCH_AGAIN)
}

export function unsafe(message: string): ZipError {
  return new ZipError('zip-unsafe', message, PACK_AGAIN)
}

export function tooLarge(message: string): ZipError {
  return new ZipError('zip-too-large', message, PACK_AGAIN)
}

const SHOWN_LETTERS = 80

/** A name of an archive in quotes, on one line: what a terminal would obey or hide is written as a number. */
export function quoteName(name: string): string {
  const safe = name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (letter) => {
    return `\\u{${letter.codePointAt(0)!.toString(16)}}`
  })
  const letters = [...safe]
  return `"${letters.length > SHOWN_LETTERS ? letters.slice(0, SHOWN_LETTERS).join('') + '…' : safe}"`
}
