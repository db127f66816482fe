/**
 * Tells where the bytes of one file are. Plain data, so that it can be passed to a worker thread, which then reads the file.
 */
export type Located =
  | { readonly kind: 'file'; readonly file: string }
  | ZipSpan
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }

/** An entry of a zip archive. */
export interface ZipSpan {
  readonly kind: 'zip'
  readonly archive: string
  /** Offset of the entry's local header in the archive. */
  readonly offset: number
  readonly compressedBytes: number
  readonly sizeBytes: number
  readonly method: 'stored' | 'deflated'
  readonly crc32: number
}
