import { readFile } from 'node:fs/promises'
import { checkFlags } from '../../trainer/check-flags.ts'
import { planTrainerScript } from '../../trainer/trainer-script.ts'
import type { StageContext } from '../../types.ts'
import { verifyTrainerScript } from './fetch-trainer.ts'

/** Upstream's script has to be, byte for byte, what was planned, and to know every flag that it is given. */
export async function checkTrainingScript({ config, facts, paths, stage }: StageContext): Promise<void> {
  if (config.train.engine !== 'diffusers') return
  const file = paths.trainerScript
  await verifyTrainerScript(file, planTrainerScript({ config, facts }).sha256)
  const args = stage.commands[0]!.args
  checkFlags(args.slice(args.indexOf(file) + 1), await readFile(file, 'utf8'), file)
}
