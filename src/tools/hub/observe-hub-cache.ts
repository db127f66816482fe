/** Whether the cache of the Hub's own client holds a model whole: then it is taken from there, also offline. */
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
  // Variants are not taken from there.
  return findBaseModelProblems(baseModel).length === 0 && baseModelVariant({ baseModel }) === null
}

export async function holdsFiles(repo: string, revision: string, files: readonly string[]): Promise<boolean> {
  const snapshot = await findSnapshot(repo, revision)
  if (snapshot === null) return false
  const there = await Promise.all(files.map((file) => isFile(join(snapshot, file))))
  return there.every(Boolean)
}

/** As the client lays it out: snapshots by commit, and a file for each branch that says which commit it is. */
async function findSnapshot(repo: string, revision: string): Promise<string | null> {
  const folder = join(readHubSettings().hubCache, `models--${repo.replace('/', '--')}`)
  const named = await readFile(join(folder, 'refs', revision), 'utf8').catch(() => null)
  const commit = named?.trim() ?? (isCommit(revision) ? revision : null)
  return commit === null ? null : join(folder, 'snapshots', commit)
}

/** The files are links; one that leads nowhere was not fetched to its end. */
async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() ?? false
}
