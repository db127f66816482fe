import { isAbsolute, join, resolve } from 'node:path'
import type { Config, Facts, Paths } from '../types.ts'

interface PathOptions {
  readonly facts: Pick<Facts, 'packageRoot' | 'workingDirectory' | 'machine'>
  /** Identity of the venv: see `trainer/environment.ts`. */
  readonly environmentKey: string
  /** sha256 of the pinned upstream script. */
  readonly scriptSha256: string
}

/** Where everything of this config lies. Relative paths of the config start at the working directory. */
export function planPaths(config: Config, { facts, environmentKey, scriptSha256 }: PathOptions): Paths {
  const absolute = (path: string): string => (isAbsolute(path) ? path : resolve(facts.workingDirectory, path))
  const dataset = absolute(config.dataset.output)
  const work = join(dataset, '.cnk')
  const environment = `{cache}/venvs/${environmentKey}`
  return {
    packageRoot: facts.packageRoot,
    source: sourceFolder(config, absolute),
    dataset,
    annotations: join(dataset, 'annotations.ndjson'),
    manifest: join(dataset, 'manifest.json'),
    work,
    environment,
    python: facts.machine.os === 'win32' ? `${environment}/Scripts/python.exe` : `${environment}/bin/python`,
    trainerScript: trainerScript(config, { packageRoot: facts.packageRoot, scriptSha256, absolute }),
    baseModel: baseModelFolder(config, absolute),
    run: '{run}',
    output: '{run}/output',
    model: '{run}/model',
    runs: absolute(config.runs),
    datasetsCache: '{cache}/datasets/{dataset}',
  }
}

type Absolute = (path: string) => string

function sourceFolder({ dataset: { source } }: Config, absolute: Absolute): string {
  if ('folder' in source) return absolute(source.folder)
  if ('face_synthetics' in source) return absolute(source.face_synthetics)
  if ('generated' in source) return `{cache}/generated-faces/${source.generated}`
  throw new Error('a source that is not available yet passed the rules of the config')
}

function trainerScript(
  { train }: Config,
  { packageRoot, scriptSha256, absolute }: { packageRoot: string; scriptSha256: string; absolute: Absolute },
): string {
  if (train.engine === 'builtin') return join(packageRoot, 'python', 'train.py')
  return train.script === undefined
    ? `{cache}/trainers/${scriptSha256}/train_controlnet.py`
    : absolute(train.script)
}

function baseModelFolder({ base_model: base }: Config, absolute: Absolute): string {
  if ('folder' in base) return absolute(base.folder)
  if ('generated' in base) return `{cache}/base-models/${base.generated}`
  const safe = (name: string): string => name.replaceAll('/', '--').replace(/[^\w.@-]/g, '_')
  return `{cache}/base-models/${safe(base.repo)}@${safe(base.revision)}`
}
