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
  /** The problem is in the ready-made conditioning image, not in the picture. */
  | (typeof CONDITIONING_CODES)[number]

/** One picture can't be used; the others are not affected. */
export class PictureError extends Error {
  readonly code: PictureErrorCode

  constructor(code: PictureErrorCode, message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'PictureError'
    this.code = code
  }
}
