/** How the dataset looks in Parquet: what `datasets` needs to see images and not plain structs. */
import type { SchemaElement } from 'hyparquet'

/** One row: the three columns in the order that the trainer expects. */
export interface DatasetRow {
  readonly image: { readonly bytes: Uint8Array; readonly path: string }
  readonly conditioning_image: { readonly bytes: Uint8Array; readonly path: string }
  readonly text: string
}

/** Constant, so that a reader never has to hold more than about 32 MB. */
export const ROWS_PER_GROUP = 100
/** Of the pictures in one file; what the Hub's own tools cut at. */
export const MAX_SHARD_BYTES = 500_000_000

const IMAGE_COLUMNS = ['image', 'conditioning_image'] as const

/** Everything OPTIONAL and `bytes` before `path`: otherwise `datasets` silently reads plain structs. */
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

/** Options of hyparquet-writer for a file of `DatasetRow`s, the fingerprint of the dataset in its footer. */
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

/** `train-00000-of-00004.parquet` */
export function formatShardName(split: string, index: number, count: number): string {
  const pad = (value: number): string => String(value).padStart(5, '0')
  return `${split}-${pad(index)}-of-${pad(count)}.parquet`
}
