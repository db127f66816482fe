/** What a run recorded of the config that it was started with, for going on with it. */
import { stat } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { loadConfig, overrideConfig, type LoadedConfig } from '../../config/load.ts'
import { isMapping } from '../../config/overrides.ts'
import { configSchema, type Config } from '../../config/schema.ts'
import { UserError } from '../../errors.ts'
import { kitCommand } from '../../next-step.ts'
import { readRunConfig } from '../../tools/runs/run-folder.ts'
import type { FoundRun } from './find-run.ts'

/**
 * The config as the run recorded it, overrides included, and `set` over it. Without `config.resolved.json` it is made again from
 * the run's copy of the file. Throws a UserError (`run-config`) when it can't be taken any more.
 */
export async function loadRecordedConfig(
  { folder, record }: FoundRun,
  set: readonly string[],
): Promise<LoadedConfig> {
  const recorded = record.set ?? []
  const file = record.config_file ?? join(folder, 'config.yaml')
  const tree = await readRunConfig(folder).catch(async (cause: unknown) => {
    const copy = await loadConfig(join(folder, 'config.yaml'), recorded).catch(() => null)
    if (copy === null) throw cannotGoOn(record.id, 'its config.resolved.json and config.yaml are gone', cause)
    return copy.config
  })
  const parsed = configSchema.safeParse(tree)
  if (!parsed.success) {
    const keys = parsed.error.issues.map(({ path }) => path.join('.')).join(', ')
    throw cannotGoOn(record.id, `version ${record.kit_version} of the kit wrote ${keys} otherwise`)
  }
  const loaded = overrideConfig(parsed.data, set, file)
  return { ...loaded, overrides: [...recorded, ...loaded.overrides] }
}

function cannotGoOn(id: string, why: string, cause?: unknown): UserError {
  return new UserError(`${id} can't go on: ${why}.`, {
    reason: 'preflight',
    code: 'run-config',
    hint: `Start a new run: ${kitCommand('train', { flags: { again: true } })}`,
    cause,
  })
}

/**
 * The folder at which relative paths of the run's config start. A project that was moved or renamed as a whole is found by the
 * place of the run in it. Throws a UserError (`folder-missing`).
 */
export async function workingDirectoryOf({ folder, record }: FoundRun): Promise<string> {
  const { working_directory: recorded, runs } = record
  const moved = runs === undefined ? recorded : resolve(folder, '..', relative(runs, recorded))
  for (const place of [moved, recorded]) {
    if ((await stat(place).catch(() => null))?.isDirectory() === true) return place
  }
  throw new UserError(`${record.id} was started in ${recorded}, which is gone.`, {
    reason: 'preflight',
    code: 'folder-missing',
    hint: 'Put the folder back, or start a new run where the project is now.',
  })
}

const MOST_SHOWN = 5

/**
 * What the config file says now that differs from what the run recorded: `train.learning_rate is 2e-5, was 1e-5`. Called in
 * the run's working directory. A file that is gone, or wrong by now, is one difference.
 */
export async function findConfigChanges({ record }: FoundRun, recorded: Config): Promise<string[]> {
  const file = record.config_file
  if (file === null) return []
  try {
    const { config } = await loadConfig(file, record.set ?? [])
    const changes = compare(config, recorded, [])
    return changes.length > MOST_SHOWN
      ? [...changes.slice(0, MOST_SHOWN), `${changes.length - MOST_SHOWN} more`]
      : changes
  } catch (error) {
    if (error instanceof UserError)
      return [error.code === 'config-missing' ? `${file} is gone` : error.message.replace(/\.$/, '')]
    throw error
  }
}

function compare(now: unknown, before: unknown, path: readonly string[]): string[] {
  if (isMapping(now) && isMapping(before)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])]
    return keys.flatMap((key) => compare(now[key], before[key], [...path, key]))
  }
  if (JSON.stringify(now) === JSON.stringify(before)) return []
  return [`${path.join('.')} is ${show(now)}, was ${show(before)}`]
}

function show(value: unknown): string {
  return value === undefined ? 'not set' : JSON.stringify(value)
}
