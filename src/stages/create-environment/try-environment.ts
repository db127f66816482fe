/** Tries an environment that the person brings: imports what the training needs, and computes on its device. */
import { join } from 'node:path'
import { ToolError, UserError } from '../../errors.ts'
import { environmentKindOf } from '../../environment/kinds.ts'
import { makeFolder, writeFileAtomic } from '../../tools/files/atomic-write.ts'
import { collectOutput, describeFailure } from '../../tools/processes/collect-output.ts'
import type { Command, StageContext, StageResult } from '../../types.ts'

/** What `python/try_environment.py` prints. */
interface Trial {
  readonly packages: Readonly<Record<string, string>>
  readonly python: string
  readonly torch: { readonly version: string; readonly build: string }
  /** `cpu`, or the name of the card. */
  readonly device: string
  readonly wrong: readonly string[]
}

export async function tryEnvironment(context: StageContext): Promise<StageResult> {
  const { python, torch, device } = await runTrial(context.stage.commands[0]!, context)
  return {
    line: `Python ${python}, torch ${torch.version}, computes on ${device === 'cpu' ? 'the CPU' : device}`,
  }
}

/** The trial of before may be from another day, with another driver: a training that begins tries once more. */
export async function tryAgain(
  context: Pick<StageContext, 'config' | 'paths' | 'signal' | 'plan'>,
): Promise<void> {
  if (environmentKindOf(context.config).isMade) return
  const stage = context.plan.stages.find(({ name }) => name === 'create-environment')
  if (stage?.action === 'reuse') await runTrial(stage.commands[0]!, context)
}

async function runTrial(
  command: Command,
  { config, paths, signal }: Pick<StageContext, 'config' | 'paths' | 'signal'>,
): Promise<Trial> {
  const output = await collectOutput(command, { signal })
  const trial = parseTrial(output.stdout)
  if (trial === null) {
    throw new ToolError(`${config.environment.python} could not be tried.`, {
      ...describeFailure(command, output),
      reason: 'environment',
    })
  }
  if (trial.wrong.length > 0) {
    throw new UserError(`${command.file} can't train here: ${trial.wrong.join('; ')}.`, {
      reason: 'environment',
      code: 'environment-fails',
      hint: 'Mend it, or name another Python (environment.python). With environment.kind: venv the kit makes one.',
      cause: new ToolError('The trial of the environment failed.', describeFailure(command, output)),
    })
  }
  await makeFolder(paths.environment)
  await writeFileAtomic(join(paths.environment, 'installed.json'), output.stdout)
  return trial
}

function parseTrial(stdout: string): Trial | null {
  try {
    return JSON.parse(stdout) as Trial
  } catch {
    return null
  }
}
