/** A decoded picture as most of the kit handles it. */
export interface RgbPixels {
  /** 8 bits a channel, row by row, without gaps: `width` × `height` × 3 bytes. */
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
}
