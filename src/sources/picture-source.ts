/** Where pictures come from, behind one interface. Nothing is unpacked or copied: bytes are read where they lie. */
import type { Reject } from '../dataset/annotations/rejects.ts'
import type { ExtensionCounts } from '../formats/pictures/picture-names.ts'
import type { Located } from '../tools/files/located.ts'
import type { Config } from '../types.ts'

/** A picture of the source, not opened yet. */
export interface SourceEntry {
  /** Unique in the source, with `/`. Sorted by it, pictures come in the order in which the source is read fastest. */
  readonly path: string
  readonly sizeBytes: number
  /** Changes whenever the content may have changed: mtime, CRC, commit. */
  readonly version: string
  /** Texts of the columns that were asked for, by column. */
  readonly values: Readonly<Record<string, string>>
  /** For `locate`: the ready-made conditioning image; null when there is none or none was asked for. */
  readonly conditioning: string | null
  /** What is wrong with it already, before it is opened: a row without a picture, a file that is not there. */
  readonly problem?: Reject
}

export interface SourceListing {
  readonly entries: readonly SourceEntry[]
  /** How many folders hold pictures. */
  readonly folders: number
  /** Files that are no pictures, counted by extension. */
  readonly others: Readonly<Record<string, number>>
  /** Those of them that are pictures of kinds that are not read, unless a picture of the same name is. */
  readonly unread: ExtensionCounts
}

export interface PictureSource {
  /** Reading is dear: contents are hashed when they are looked at, not before. */
  readonly isRemote: boolean
  list(): Promise<SourceListing>
  /**
   * `path` as in `SourceEntry.path` or `.conditioning`. Sources that read in blocks expect calls roughly in the order of
   * the sorted paths. A file that is gone is found out when it is read.
   */
  locate(path: string): Promise<Located>
  /** A small file of the source by its path: captions, landmarks. Null when there is none. */
  readBeside(path: string): Promise<Buffer | null>
  close(): Promise<void>
}

export interface OpenSourceOptions {
  readonly source: Config['dataset']['source']
  readonly columns: Config['dataset']['columns']
  /** Columns whose texts are wanted: captions and their variables. */
  readonly values: readonly string[]
  /** Whether a caption template names them. */
  readonly isTemplate?: boolean
  /** Extension of the text files beside the pictures; null when none are read. */
  readonly sidecar?: string | null
  /** Whether ready-made conditioning images are wanted. */
  readonly conditioning: boolean
  /** The source's folder or file, absolute; of a Hub dataset as in the config. */
  readonly place: string
  /** The commit of a Hub dataset; null elsewhere. */
  readonly revision: string | null
  /** Absolute folders inside the source that are not part of it. */
  readonly exclude: readonly string[]
  readonly cache: string
  readonly signal: AbortSignal
}
