/** What planning tells a source when it observes it: the parts of the config that decide what is read. */
import { resolve } from 'node:path'
import { planCaptionNeeds } from '../dataset/captions/captions.ts'
import type { WantedColumns } from '../formats/parquet/wanted-columns.ts'
import type { Config } from '../types.ts'
import { chooseColumns } from './choose-columns.ts'

export interface ObserveOptions {
  readonly workingDirectory: string
  /**
   * Folders inside the source that don't belong to it: those of the dataset and the runs. Relative paths start at the working
   * directory.
   */
  readonly exclude?: readonly string[]
  /** Folder or file with landmarks, if they don't lie beside the pictures. Changes in it are changes of the source. */
  readonly landmarks?: string
  /** True when landmark files are read: those at `landmarks`, or those beside the pictures. */
  readonly readsLandmarks?: boolean
  /** The user's cache folder, for facts about archives and Hub datasets. */
  readonly cache?: string
  /** The config's part about columns and captions. */
  readonly dataset?: Pick<Config['dataset'], 'columns' | 'captions'>
  /** True when ready-made conditioning images are needed. */
  readonly conditioning?: boolean
  /** True: don't use the network. */
  readonly offline?: boolean
}

const DEFAULT_COLUMNS = { image: 'image', conditioning_image: 'conditioning_image', caption: 'text' }

export function planExclude({ workingDirectory, exclude = [] }: ObserveOptions): string[] {
  return exclude.map((path) => resolve(workingDirectory, path))
}

/** Returns the same choice of columns that opening the source uses. */
export function planAsked({ dataset, conditioning = false }: ObserveOptions) {
  return {
    columns: dataset?.columns ?? DEFAULT_COLUMNS,
    values: dataset ? planCaptionNeeds(dataset.captions).columns : [],
    isTemplate: dataset !== undefined && 'template' in dataset.captions,
    conditioning,
  }
}

/** Returns the extension of the caption files beside the pictures; null when they are not read. */
export function planSidecar({ dataset }: ObserveOptions): string | null {
  return dataset ? planCaptionNeeds(dataset.captions).sidecar : null
}

export function planWanted(options: ObserveOptions): WantedColumns {
  return chooseColumns(planAsked(options))
}
