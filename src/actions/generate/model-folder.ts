/** What `--model` names: a run, or a folder with a ControlNet. */
import { stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { UserError } from '../../errors.ts'
import { observeModel } from '../../tools/files/observe-model.ts'
import { findControlnetProblems } from '../../trainer/base-model/controlnet-check.ts'
import type { Facts } from '../../types.ts'
import { findRun, type FoundRun } from '../runs/find-run.ts'
import { requireModel } from '../runs/model-of-run.ts'

export interface NamedModel {
  /** The run that has the model; of a ControlNet from elsewhere the latest run here, whose base model and Python it gets. */
  readonly run: FoundRun
  /** Absolute. */
  readonly controlnet: string
  /** Whether it is the run's own. */
  readonly isOwn: boolean
}

/** Null: the latest run. Throws a UserError where there is no such model. */
export async function findModel(given: string | undefined): Promise<NamedModel> {
  const folder = given === undefined ? null : resolve(given)
  if (folder === null || !(await isControlnet(folder))) return ofRun(await findRun(given, 'generate'))
  const run = dirname(folder)
  if (basename(folder) === 'model' && (await isFile(join(run, 'run.json'))))
    return ofRun(await findRun(run, 'generate'))
  return { run: await findRun(undefined, 'generate'), controlnet: folder, isOwn: false }
}

async function ofRun(run: FoundRun): Promise<NamedModel> {
  await requireModel(run)
  return { run, controlnet: join(run.folder, 'model'), isOwn: true }
}

async function isControlnet(folder: string): Promise<boolean> {
  return (await isFile(join(folder, 'config.json'))) && !(await isFile(join(folder, 'run.json')))
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() === true
}

/** Throws a UserError (`controlnet`) unless it is whole and fits the base model. Opens no weights but their headers. */
export async function requireFit(folder: string, { baseModel }: Pick<Facts, 'baseModel'>): Promise<void> {
  const problems = findControlnetProblems(await observeModel(folder), baseModel)
  if (problems.length === 0) return
  throw new UserError(`${folder} can't be used with the base model of the run.`, {
    reason: 'preflight',
    code: 'controlnet',
    problems: problems.map(({ file, found, expected }) => ({
      where: file === null ? folder : join(folder, file),
      path: null,
      message: `${found}; expected ${expected}`,
    })),
    hint: 'Take the model of a run, or a ControlNet that was trained for the base model of the latest run.',
  })
}
