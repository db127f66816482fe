/** A venv with the pinned packages, made by the kit. */
import { join } from 'node:path'
import type { EnvironmentKind } from '../environment-kind.ts'
import { TORCH_VERSION } from '../pins.ts'
import { checkPython, planVenv } from '../plan-venv.ts'
import { trackersOf } from '../trackers.ts'
import { checkBackend, chooseTorchBackend, type TorchBackend } from '../torch-backend.ts'

export const venv: EnvironmentKind<'venv'> = {
  name: 'venv',
  words: 'a venv with the pinned packages, which the kit makes',
  title: 'create environment',
  isMade: true,
  programs: { env: { PYTHONNOUSERSITE: '1' } },
  whenIncomplete: 'The environment is made anew by',
  chooseTorch: chooseTorchBackend,
  plan({ config, facts, device, extras = [], folder }) {
    const backend = device.backend as TorchBackend
    const lock = `python/locks/${config.train.engine}-${backend}.txt`
    const extraLocks = [
      ...extras.map((name) => `python/locks/${name}-${backend}.txt`),
      ...trackersOf(config.train.trackers).map((tracker) => tracker.lock),
    ]
    const planned = planVenv({ lock, extraLocks, backend, facts, ...(folder !== undefined && { folder }) })
    const lastingChecks = [checkBackend(device)]
    return {
      ...planned,
      summary: `torch ${TORCH_VERSION} ${backend}, ${config.train.engine} engine`,
      outputs: [planned.python, join(planned.folder, 'pyvenv.cfg')],
      checks: [checkPython(facts.python), ...lastingChecks],
      lastingChecks,
    }
  },
}
