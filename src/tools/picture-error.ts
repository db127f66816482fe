export type PictureErrorCode = 'unreadable' | 'unsupported' | 'too-large' | 'missing' | 'changed'

/** One picture can't be used; the others can. */
export class PictureError extends Error {
  readonly code: PictureErrorCode

  constructor(code: PictureErrorCode, message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'PictureError'
    this.code = code
  }
}
