/**
 * The Parquet schema of the written dataset. `datasets` reads the picture columns as images only with exactly this schema and
 * metadata.
 */
import type { SchemaElement } from 'hyparquet'

/** One row; the columns stand in the order that the trainer expects. */
export interface DatasetRow {
  readonly image: { readonly bytes: Uint8Array; readonly path: string }
  readonly conditioning_image: { readonly bytes: Uint8Array; readonly path: string }
  readonly text: string
}

/** Rows in one row group. It is constant, so that a reader never holds more than about 32 MB. */
export const ROWS_PER_GROUP = 100
/** Maximum picture bytes in one Parquet file; the Hub's own tools split at the same size. */
export const MAX_SHARD_BYTES = 500_000_000

const IMAGE_COLUMNS = ['image', 'conditioning_image'] as const

/**
 * Every column must be OPTIONAL and `bytes` must stand before `path`; otherwise `datasets` silently reads structs instead of
 * images.
 */
const schema: SchemaElement[] = [
  { name: 'schema', num_children: 3 },
  ...IMAGE_COLUMNS.flatMap((name): SchemaElement[] => [
    { name, num_children: 2, repetition_type: 'OPTIONAL' },
    { name: 'bytes', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' },
    { name: 'path', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
  ]),
  { name: 'text', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
]

const features = {
  image: { _type: 'Image' },
  conditioning_image: { _type: 'Image' },
  text: { dtype: 'string', _type: 'Value' },
}

/**
 * Returns hyparquet-writer's options for a file of `DatasetRow`s; the dataset's fingerprint is stored in the file's metadata.
 */
export function planParquet(fingerprint: string) {
  return {
    schema,
    statistics: false,
    kvMetadata: [
      { key: 'huggingface', value: JSON.stringify({ info: { features } }) },
      { key: 'controlnet-kit', value: JSON.stringify({ fingerprint }) },
    ],
  }
}

export function measureRow({ image, conditioning_image, text }: DatasetRow): number {
  return image.bytes.byteLength + conditioning_image.bytes.byteLength + text.length
}

/** Returns a file name such as `train-00000-of-00004.parquet`. */
export function formatShardName(split: string, index: number, count: number): string {
  const pad = (value: number): string => String(value).padStart(5, '0')
  return `${split}-${pad(index)}-of-${pad(count)}.parquet`
}
