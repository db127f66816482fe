/** Tries 8-bit Adam with one step on the device of the training, before anything long starts. */
import { UserError } from '../../errors.ts'
import { deviceEnvironment, planDevice } from '../../environment/device.ts'
import { setWords } from '../../next-step.ts'
import { collectOutput } from '../../tools/processes/collect-output.ts'
import { planPythonCommand } from '../../trainer/launch-command.ts'
import type { StageContext } from '../../types.ts'

/** Throws a UserError (`8bit-adam`) when the package or a step of it does not work. */
export async function tryEightBitAdam({ config, facts, paths, plan, signal }: StageContext): Promise<void> {
  const { settings } = plan.training
  if (!settings.use_8bit_adam) return
  const { gpus } = planDevice(config, facts)
  const command = planPythonCommand({ config, paths }, 'try_8bit_adam.py', {
    args: ['--device', settings.device],
    environment: deviceEnvironment({ device: settings.device, gpus }),
  })
  const output = await collectOutput(command, { signal })
  if (output.exitCode === 0) return
  const said = /^try_8bit_adam\.py: error: (.*)$/m.exec(output.text)?.[1]
  throw new UserError(said ?? '8-bit Adam does not work here.', {
    reason: 'environment',
    code: '8bit-adam',
    hint: `Train without it: ${setWords({ 'train.use_8bit_adam': false })}`,
  })
}
