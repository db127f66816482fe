/** Puts a finished dataset in the place of the former one. */
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { syncFolder } from './atomic-write.ts'
import { fileError } from '../../file-error.ts'

export interface ReplaceRequest {
  /** Holds `data/` and the files below. */
  readonly next: string
  readonly dataset: string
  /** Where the former `data/` goes before it is removed: on the same file system. */
  readonly former: string
}

/** The card comes last: it says how many rows there are, and no dataset loads with the card of another one. */
const FILES = ['preview.png', 'preview.html', 'manifest.json', 'README.md'] as const

/**
 * A crash in between leaves a dataset without a card, or none at all; never files of two datasets. The caller removes the
 * stamp before, so that the next run makes it again.
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
