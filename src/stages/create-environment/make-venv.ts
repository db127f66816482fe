import { access } from 'node:fs/promises'
import { TORCH_VERSION } from '../../environment/pins.ts'
import { planDevice } from '../../environment/device.ts'
import { ensureVenv } from '../../tools/python/venv.ts'
import type { StageContext, StageResult } from '../../types.ts'

/** Makes the venv with the pinned packages, or finds that it is there and whole. */
export async function makeVenv(context: StageContext): Promise<StageResult> {
  const { stage, config, paths, facts, report, signal } = context
  const how = await ensureVenv({
    folder: paths.environment,
    commands: stage.commands,
    anew: stage.action === 'rebuild',
    signal,
    tell: (note) => report({ stage: stage.name, ...note }),
  })
  await access(paths.python)
  const python = facts.python.ok ? `Python ${facts.python.version}` : ''
  const { backend } = planDevice(config, facts)
  return { line: `torch ${TORCH_VERSION} ${backend}, ${how === 'made' ? python : how}` }
}
