/** Checks whether the Hub client's cache holds a complete model, which is then used from there, also offline. */
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isCommit } from './hub-name.ts'
import { findBaseModelProblems } from '../../trainer/base-model/base-model-check.ts'
import { baseModelVariant } from '../../trainer/base-model/base-model-weights.ts'
import { observeModel } from '../files/observe-model.ts'
import { readHubSettings } from './hub-settings.ts'

export async function holdsPipeline(repo: string, revision: string): Promise<boolean> {
  const snapshot = await findSnapshot(repo, revision)
  if (snapshot === null) return false
  const baseModel = await observeModel(snapshot)
  // The kit does not use weight variants (such as fp16) from there.
  return findBaseModelProblems(baseModel).length === 0 && baseModelVariant({ baseModel }) === null
}

export async function holdsFiles(repo: string, revision: string, files: readonly string[]): Promise<boolean> {
  const snapshot = await findSnapshot(repo, revision)
  if (snapshot === null) return false
  const there = await Promise.all(files.map((file) => isFile(join(snapshot, file))))
  return there.every(Boolean)
}

/** The client's layout: snapshots by commit, and for each branch a file that contains its commit. */
async function findSnapshot(repo: string, revision: string): Promise<string | null> {
  const folder = join(readHubSettings().hubCache, `models--${repo.replace('/', '--')}`)
  const named = await readFile(join(folder, 'refs', revision), 'utf8').catch(() => null)
  const commit = named?.trim() ?? (isCommit(revision) ? revision : null)
  return commit === null ? null : join(folder, 'snapshots', commit)
}

/** Files in the cache are links; a dangling link means that the download did not finish. */
async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() ?? false
}
