/** The frozen model: where it lies, and how it gets there. */
import { createHash } from 'node:crypto'
import { isAbsolute, posix } from 'node:path'
import { environmentKindOf } from '../../environment/kinds.ts'
import type { Command, Config, Facts } from '../../types.ts'

export interface BaseModelPlan {
  /** In diffusers' layout: `{cache}/base-models/…`, or the person's own folder. */
  readonly folder: string
  /** Beside the folder in the cache; a person's own folder is not written into. */
  readonly stamp: string
  /** Fills `<folder>.partial`; none for a person's own folder. */
  readonly commands: readonly Command[]
  readonly summary: string
}

interface BaseModelInput {
  readonly config: Pick<Config, 'base_model' | 'train' | 'dataset' | 'environment'>
  readonly facts: Pick<Facts, 'packageRoot' | 'workingDirectory' | 'pythonFiles'>
  /** The venv's Python. */
  readonly python: string
}

export function planBaseModel(input: BaseModelInput): BaseModelPlan {
  const { base_model: model } = input.config
  if ('folder' in model) return planOwnFolder(model.folder, input)
  return 'generated' in model ? planGenerated(input) : planRepository(model, input)
}

function planOwnFolder(given: string, { facts }: BaseModelInput): BaseModelPlan {
  const folder = isAbsolute(given) ? given : posix.join(facts.workingDirectory, given)
  const stamp = `{cache}/base-models/own-${shortHash(folder)}.json`
  return { folder, stamp, commands: [], summary: given }
}

function planGenerated(input: BaseModelInput): BaseModelPlan {
  const { config, facts } = input
  const program = facts.pythonFiles['python/make_tiny_pipeline.py'] ?? ''
  const settings = ['--seed', String(config.train.seed), '--resolution', String(config.dataset.resolution)]
  const folder = `{cache}/base-models/tiny-${shortHash([program, ...settings].join('\n'))}`
  const commands = [launch(input, 'make_tiny_pipeline.py', ['--output', `${folder}.partial`, ...settings])]
  return {
    folder,
    stamp: `${folder}/controlnet-kit.json`,
    commands,
    summary: 'a tiny pipeline with random weights',
  }
}

function planRepository(
  { repo, revision }: { repo: string; revision: string },
  input: BaseModelInput,
): BaseModelPlan {
  const name = `${repo}@${revision}`
  // A name that survives every file system; the hash keeps `a/b--c` and `a--b/c` apart.
  const folder = `{cache}/base-models/${name.replace(/[^A-Za-z0-9._@-]+/g, '--')}-${shortHash(name)}`
  const args = ['--repo', repo, '--revision', revision, '--output', `${folder}.partial`]
  const commands = [launch(input, 'fetch_model.py', args)]
  return { folder, stamp: `${folder}/controlnet-kit.json`, commands, summary: name }
}

function launch(
  { config, facts, python }: BaseModelInput,
  program: string,
  args: readonly string[],
): Command {
  const file = (name: string) => posix.join(facts.packageRoot, 'python', name)
  const { programs } = environmentKindOf(config)
  return {
    ...{ file: python, args: [file('launch.py'), file(program), ...args], env: {} },
    ...programs,
    cwd: facts.packageRoot,
  }
}

const shortHash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 8)
