import { join, relative } from 'node:path'
import type { FoundRun } from '../actions/runs/find-run.ts'
import { workingDirectoryOf } from '../actions/runs/recorded-run.ts'
import { isDefaultConfig, type Output } from './output.ts'

/** Relative paths of the config start where they did when the run was started; messages name that folder with `-C`. */
export async function enterProject(found: FoundRun, output: Output, more: readonly string[]): Promise<void> {
  const start = process.cwd()
  process.chdir(await workingDirectoryOf(found))
  const way = relative(start, process.cwd())
  const { folder } = output.invocation()
  const { config_file: config, set = [] } = found.record
  output.invoke({
    ...(way !== '' && { folder: join(folder ?? '', way) }),
    config: config === null || isDefaultConfig(config) ? null : config,
    set: [...set, ...more],
  })
}
