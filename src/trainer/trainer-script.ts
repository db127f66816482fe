/** Which `train_controlnet.py` is used: diffusers' at the pinned commit, or the person's own copy. */
import { isAbsolute, posix } from 'node:path'
import type { Config, Facts } from '../types.ts'
import { TRAINER_SCRIPT } from '../environment/pins.ts'

export interface TrainerScriptPlan {
  readonly sha256: string
  readonly pinned: boolean
  /** The local copy, absolute; null when it is fetched. */
  readonly local: string | null
  /** `{cache}/trainers/<sha256>/train_controlnet.py`: named by what is in it, so it never changes. */
  readonly file: string
}

interface ScriptInput {
  readonly config: Pick<Config, 'train'>
  readonly facts: Pick<Facts, 'workingDirectory' | 'files'>
}

export function planTrainerScript({ config, facts }: ScriptInput): TrainerScriptPlan {
  const local =
    config.train.script === undefined ? null : absolute(config.train.script, facts.workingDirectory)
  const sha256 = local === null ? TRAINER_SCRIPT.sha256 : (facts.files[local]?.sha256 ?? 'missing')
  const file = `{cache}/trainers/${sha256}/train_controlnet.py`
  return { sha256, pinned: sha256 === TRAINER_SCRIPT.sha256, local, file }
}

function absolute(path: string, folder: string): string {
  return isAbsolute(path) ? path : posix.join(folder, path)
}
