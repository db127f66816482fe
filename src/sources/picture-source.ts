/** One interface for all sources of pictures. Nothing is unpacked or copied: bytes are read in place. */
import type { Reject } from '../dataset/annotations/rejects.ts'
import type { ExtensionCounts } from '../formats/pictures/picture-names.ts'
import type { Located } from '../tools/files/located.ts'
import type { Config } from '../types.ts'

/** A picture of the source, not opened yet. */
export interface SourceEntry {
  /** Unique in the source, with `/`. In sorted order of this path the source can be read fastest. */
  readonly path: string
  readonly sizeBytes: number
  /** A text that changes whenever the content may have changed: mtime, CRC or commit. */
  readonly version: string
  /** Column → text, for the requested columns. */
  readonly values: Readonly<Record<string, string>>
  /** Path of the ready-made conditioning image, for `locate`; null when there is none or none was requested. */
  readonly conditioning: string | null
  /** A problem that is known before the picture is opened: a row without a picture, a missing file. */
  readonly problem?: Reject
}

export interface SourceListing {
  readonly entries: readonly SourceEntry[]
  /** Number of folders that contain pictures. */
  readonly folders: number
  /** Extension → number of files that are not pictures. */
  readonly others: Readonly<Record<string, number>>
  /**
   * Extension → number of pictures in formats that can't be read. A picture that also exists in a readable format is not
   * counted.
   */
  readonly unread: ExtensionCounts
}

export interface PictureSource {
  /** True when reading is expensive: then contents are not hashed before annotation. */
  readonly isRemote: boolean
  list(): Promise<SourceListing>
  /**
   * `path` is a `SourceEntry.path` or `.conditioning`. Sources that read in blocks expect calls roughly in the order of the
   * sorted paths. Does not check that the file still exists; reading it does.
   */
  locate(path: string): Promise<Located>
  /** Returns a small file of the source, such as captions or landmarks, by its path; null when it does not exist. */
  readBeside(path: string): Promise<Buffer | null>
  close(): Promise<void>
}

export interface OpenSourceOptions {
  readonly source: Config['dataset']['source']
  readonly columns: Config['dataset']['columns']
  /** Columns whose texts are needed: captions and variables of their template. */
  readonly values: readonly string[]
  /** True when a caption template names these columns. */
  readonly isTemplate?: boolean
  /** Extension of the caption files beside the pictures; null when they are not read. */
  readonly sidecar?: string | null
  /** True when ready-made conditioning images are needed. */
  readonly conditioning: boolean
  /** Absolute path of the source's folder or file; for a Hub dataset, its name in the config. */
  readonly place: string
  /** Commit of a Hub dataset; null for other sources. */
  readonly revision: string | null
  /** Absolute paths of folders inside the source that don't belong to it. */
  readonly exclude: readonly string[]
  readonly cache: string
  readonly signal: AbortSignal
}
