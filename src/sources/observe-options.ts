/** What planning is told of a source and of what will be asked of it. */
import { resolve } from 'node:path'
import { planCaptionNeeds } from '../dataset/captions/captions.ts'
import type { WantedColumns } from '../formats/parquet/wanted-columns.ts'
import type { Config } from '../types.ts'
import { chooseColumns } from './choose-columns.ts'

export interface ObserveOptions {
  readonly workingDirectory: string
  /** Folders inside the source that are not part of it: the dataset's, the runs'. Relative ones start at the working directory. */
  readonly exclude?: readonly string[]
  /** Folder or file with landmarks, if they do not lie beside the pictures: changes in it count too. */
  readonly landmarks?: string
  /** Whether landmark files are read: without `landmarks`, those beside the pictures count. */
  readonly readsLandmarks?: boolean
  /** The user's cache folder: what is known of archives and Hub datasets is read from there. */
  readonly cache?: string
  /** What will be asked of the source's table, where it has one. */
  readonly dataset?: Pick<Config['dataset'], 'columns' | 'captions'>
  /** Whether ready-made conditioning images are wanted. */
  readonly conditioning?: boolean
  /** Ask nothing of the network. */
  readonly offline?: boolean
}

const DEFAULT_COLUMNS = { image: 'image', conditioning_image: 'conditioning_image', caption: 'text' }

export function planExclude({ workingDirectory, exclude = [] }: ObserveOptions): string[] {
  return exclude.map((path) => resolve(workingDirectory, path))
}

/** What an opened source is asked for, too. */
export function planAsked({ dataset, conditioning = false }: ObserveOptions) {
  return {
    columns: dataset?.columns ?? DEFAULT_COLUMNS,
    values: dataset ? planCaptionNeeds(dataset.captions).columns : [],
    isTemplate: dataset !== undefined && 'template' in dataset.captions,
    conditioning,
  }
}

/** Extension of the text files beside the pictures; null when none are read. */
export function planSidecar({ dataset }: ObserveOptions): string | null {
  return dataset ? planCaptionNeeds(dataset.captions).sidecar : null
}

export function planWanted(options: ObserveOptions): WantedColumns {
  return chooseColumns(planAsked(options))
}
