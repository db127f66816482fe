/** Replaces a dataset by a finished new one. */
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { syncFolder } from './atomic-write.ts'
import { fileError } from '../../file-error.ts'

export interface ReplaceRequest {
  /** Folder with the new `data/` and the files below. */
  readonly next: string
  readonly dataset: string
  /** Folder to which the former `data/` is moved before it is removed. It must be on the same file system. */
  readonly former: string
}

/** The card comes last, because it states the number of rows: a dataset does not load with another dataset's card. */
const FILES = ['preview.png', 'preview.html', 'manifest.json', 'README.md'] as const

/**
 * A crash in between leaves a dataset without a card, or none, but never files of two datasets. The caller removes the stamp
 * first, so that the next run writes the dataset again.
 */
export async function replaceDataset({ next, dataset, former }: ReplaceRequest): Promise<void> {
  try {
    await rm(former, { recursive: true, force: true })
    await rm(join(dataset, 'README.md'), { force: true })
    await mkdir(dataset, { recursive: true })
    await rename(join(dataset, 'data'), former).catch(ignoreMissing)
    await rename(join(next, 'data'), join(dataset, 'data'))
    for (const file of FILES) await rename(join(next, file), join(dataset, file))
    await syncFolder(dataset)
    await rm(former, { recursive: true, force: true })
    await rm(next, { recursive: true, force: true })
  } catch (error) {
    throw fileError(error, dataset)
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}
