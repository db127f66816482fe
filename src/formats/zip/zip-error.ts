export type ZipErrorCode = 'zip-missing' | 'zip-damaged' | 'zip-unsupported' | 'zip-unsafe' | 'zip-too-large'

/** The archive can't be used. The message continues a sentence that begins with the archive's name: `has no directory`. */
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

/**
 * Returns the name in quotes on one line. Control and invisible characters are written as code points, because a terminal would
 * act on them or hide them.
 */
export function quoteName(name: string): string {
  const safe = name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (letter) => {
    return `\\u{${letter.codePointAt(0)!.toString(16)}}`
  })
  const letters = [...safe]
  return `"${letters.length > SHOWN_LETTERS ? letters.slice(0, SHOWN_LETTERS).join('') + '…' : safe}"`
}
