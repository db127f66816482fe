/** Where the bytes of one file are. Plain data, so that it can go to a thread, which reads them there. */
export type Located =
  | { readonly kind: 'file'; readonly file: string }
  | ZipSpan
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }

/** An entry of a zip archive. */
export interface ZipSpan {
  readonly kind: 'zip'
  readonly archive: string
  /** Of the entry's local header in the archive. */
  readonly offset: number
  readonly compressedBytes: number
  readonly sizeBytes: number
  readonly method: 'stored' | 'deflated'
  readonly crc32: number
}
