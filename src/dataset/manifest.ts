/**
 * `manifest.json`: describes the dataset for programs. It contains no times and no paths, so that equal datasets have equal
 * manifests.
 */
import type { Config } from '../types.ts'
import type { CaptionLengths } from './captions/caption-length.ts'
import type { DarkDrawings } from './dark-drawing.ts'
import type { RejectCounts } from './annotations/rejects.ts'

export type SplitName = 'train' | 'validation'

/** One Parquet file as it was written. */
export interface Shard {
  /** Path relative to the dataset folder. */
  readonly file: string
  readonly split: SplitName
  readonly rows: number
  readonly bytes: number
  readonly sha256: string
}

export interface ManifestAnnotator {
  /** The annotator's name in the config, or `none`. */
  readonly name: string
  /** Text with the annotator's version and the hashes of its weights. */
  readonly identity: string
}

export interface Manifest {
  readonly v: 1
  readonly kit_version: string
  readonly fingerprint: string
  readonly train: number
  readonly validation: number
  readonly validation_members: readonly { readonly id: string; readonly sha256: string }[]
  readonly resolution: number
  readonly crop: string
  readonly condition: { readonly kind: string; readonly style: string }
  readonly annotator: ManifestAnnotator
  readonly filters: Config['dataset']['filters']
  readonly rejected: RejectCounts
  readonly captions: CaptionLengths
  /** Ready-made conditioning images that are nearly black; left out when there are none. */
  readonly dark_conditioning?: DarkDrawings
  /** Rows whose crop was smaller than the resolution. */
  readonly enlarged: number
  readonly shards: readonly Shard[]
  readonly versions: Readonly<Record<string, string>>
}

export function sumShards(shards: readonly Shard[], split: SplitName): { rows: number; bytes: number } {
  const own = shards.filter((shard) => shard.split === split)
  return {
    rows: own.reduce((sum, { rows }) => sum + rows, 0),
    bytes: own.reduce((sum, { bytes }) => sum + bytes, 0),
  }
}
