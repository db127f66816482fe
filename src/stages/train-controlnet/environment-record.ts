/** `{run}/environment.json`: what the training computed with. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { planDevice } from '../../environment/device.ts'
import { writeFileAtomic } from '../../tools/files/atomic-write.ts'
import type { StageContext } from '../../types.ts'

type Context = Pick<StageContext, 'config' | 'facts' | 'paths'>

export async function writeEnvironmentRecord({ config, facts, paths }: Context): Promise<void> {
  const { gpus } = planDevice(config, facts)
  const { os, arch } = facts.machine
  const record = {
    v: 1,
    kind: config.environment.kind,
    python: paths.python,
    os,
    arch,
    gpus: gpus.map(({ name, driver, computeCapability }) => ({
      name,
      driver,
      compute_capability: computeCapability,
    })),
    ...(await readInstalled(paths)),
  }
  await writeFileAtomic(join(paths.run, 'environment.json'), `${JSON.stringify(record, null, 2)}\n`)
}

/** What the check or the trial of the environment found: versions by package, the build of torch. */
async function readInstalled({ environment }: Context['paths']): Promise<Record<string, unknown>> {
  try {
    const {
      wrong: _,
      python,
      ...found
    } = JSON.parse(await readFile(join(environment, 'installed.json'), 'utf8')) as Record<string, unknown>
    return { ...(python !== undefined && { python_version: python }), ...found }
  } catch {
    return { packages: null }
  }
}
