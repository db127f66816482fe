/** Puts the base model into the cache: fetched from the Hub or made; a person's own folder is only looked at. */
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { configuredBase, planBaseModel } from '../../base-models/index.ts'
import { UserError } from '../../errors.ts'
import { withLock } from '../../tools/files/lock.ts'
import { observeModel } from '../../tools/files/observe-model.ts'
import { findBaseModelProblems } from '../../trainer/base-model/base-model-check.ts'
import { findControlnetProblems } from '../../trainer/base-model/controlnet-check.ts'
import type { ModelProblem } from '../../trainer/base-model/model-files.ts'
import type { Command, PlanContext, Stage, StageContext, StageResult } from '../../types.ts'
import { runFetch } from '../run-fetch.ts'

const NAME = 'fetch-base-model'

export const fetchBaseModel: Stage = {
  spec: {
    name: NAME,
    title: 'fetch base model',
    version: 1,
    failure: 'environment',
    needed: () => true,
    after: [],
    settings: (c) => c.config.base_model,
    inputs: (c) => plan(c).folder,
    outputs: (c) => [c.paths.baseModel],
    stamp: (c) => plan(c).stamp,
    commands: (c) => plan(c).commands,
    summary: (c) => plan(c).summary,
  },
  run,
}

const plan = ({ config, facts, paths }: Pick<PlanContext, 'config' | 'facts' | 'paths'>) =>
  planBaseModel({ config, facts, python: paths.python })

/** What is known of a fetched or made model, kept in its folder. */
const SOURCE_FILE = 'source.json'

async function run(context: StageContext): Promise<StageResult> {
  const { paths, stage, report, signal } = context
  const command = stage.commands[0]
  if (command === undefined) {
    await checkFolder(paths.baseModel, context)
    return { line: stage.summary }
  }
  const purpose = 'controlnet-kit, which fetches this model'
  const say = (message: string): void => report({ type: 'log', stage: NAME, message })
  const make = (): Promise<string> => makeWhole(command, context)
  return { line: await withLock(`${paths.baseModel}.lock`, { purpose, wait: { signal, say } }, make) }
}

async function makeWhole(command: Command, context: StageContext): Promise<string> {
  const { paths, stage, config } = context
  if (stage.action === 'create' && (await isWhole(paths.baseModel))) return stage.summary
  const partial = `${paths.baseModel}.partial`
  // What was fetched before it was cut off is still good; what was being written is not.
  const { spec, given } = configuredBase(config)
  const asksHub = spec.hubOf(given) !== null
  if (!asksHub) await rm(partial, { recursive: true, force: true })
  const answer = await runFetch(command, { ...context, stage: NAME, what: 'the base model', asksHub })
  await checkFolder(partial, context)
  await writeFile(
    join(partial, SOURCE_FILE),
    JSON.stringify({ base_model: config.base_model, ...answer }, null, 2) + '\n',
  )
  await rm(paths.baseModel, { recursive: true, force: true })
  await rename(partial, paths.baseModel)
  return answer.commit === undefined ? stage.summary : `${stage.summary}, commit ${answer.commit.slice(0, 8)}`
}

/** Renamed only when whole, so a folder with its source file is; unless somebody took something out. */
async function isWhole(folder: string): Promise<boolean> {
  const source = await readFile(join(folder, SOURCE_FILE)).catch(() => null)
  return source !== null && findBaseModelProblems(await observeModel(folder)).length === 0
}

/** Also what is known only now: whether the ControlNet that the training starts from is one for this model. */
async function checkFolder(folder: string, { config, facts }: StageContext): Promise<void> {
  const model = await observeModel(folder)
  refuse(findBaseModelProblems(model), {
    ...{ folder, code: 'base-model-layout', path: 'base_model' },
    message: `${folder} is no base model that can be used.`,
  })
  const start = facts.startControlnet
  if (start === null) return
  refuse(findControlnetProblems(start, model), {
    ...{ folder: start.folder, code: 'start-controlnet', path: 'train.controlnet_model_name_or_path' },
    message: `The training can't start from ${config.train.controlnet_model_name_or_path}.`,
  })
}

interface Refusal {
  readonly folder: string
  readonly code: string
  readonly path: string
  readonly message: string
}

function refuse(problems: readonly ModelProblem[], { folder, code, path, message }: Refusal): void {
  if (problems.length === 0) return
  throw new UserError(message, {
    code,
    problems: problems.map(({ file, found, expected }) => ({
      where: file === null ? folder : join(folder, file),
      path,
      message: `${found}; expected ${expected}`,
    })),
    hint: [...new Set(problems.map(({ remedy }) => remedy))].join('\n'),
  })
}
