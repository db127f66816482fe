export const CONDITIONING_CODES = [
  'conditioning-missing',
  'conditioning-unreadable',
  'conditioning-mismatch',
  'conditioning-empty',
] as const

export type PictureErrorCode =
  | 'unreadable'
  | 'unsupported'
  | 'too-large'
  | 'missing'
  | 'changed'
  /** It is not the picture but its ready-made conditioning image. */
  | (typeof CONDITIONING_CODES)[number]

/** One picture can't be used; the others can. */
export class PictureError extends Error {
  readonly code: PictureErrorCode

  constructor(code: PictureErrorCode, message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'PictureError'
    this.code = code
  }
}
