import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ToolError } from '../../errors.ts'
import { collectOutput, describeFailure } from '../../tools/processes/collect-output.ts'
import { readChosenStep, type ChosenStep } from '../../tools/runs/chosen-step.ts'
import { createRedactor } from '../../tools/redact.ts'
import { deviceEnvironment, planDevice } from '../../environment/device.ts'
import { baseModelVariant } from '../../trainer/base-model/base-model-weights.ts'
import { planPythonCommand } from '../../trainer/launch-command.ts'
import { conditionPath, planPreviews, previewPrompt } from '../../trainer/previews.ts'
import type { Command, PlanContext, Stage, StageContext } from '../../types.ts'
import { writeConditions } from '../train-controlnet/held-out-conditions.ts'
import { writeModelFolder, type Verification } from './model-folder.ts'
import { formatCount } from '../../words.ts'

/** Lets diffusers load the model and draw with it, then puts it, with its card and those pictures, in `{run}/model`. */
export const verifyModel: Stage = {
  spec: {
    name: 'verify-model',
    title: 'verify model',
    version: 1,
    failure: 'training',
    needed: () => true,
    after: ['train-controlnet'],
    settings: ({ config }) => ({
      name: config.name,
      prompt: previewPrompt(config),
    }),
    inputs: ({ facts }) => facts.pythonFiles['python/verify_model.py'] ?? null,
    outputs: (c) => [c.paths.model],
    stamp: (c) => `${c.paths.run}/verify-model.json`,
    commands: (c) => [planVerification(c)],
    summary: () => 'loads in diffusers, all weights finite, draws',
  },

  async run(context) {
    await writeConditions(context, conditionCount(context.plan))
    const chosen = await readChosenStep(context.paths.run)
    const answer = await check(takeModel(context.stage.commands[0]!, chosen), context)
    await writeModelFolder(context, { answer, chosen })
    const pictures = answer.pictures.length === 1 ? 'one picture' : `${answer.pictures.length} pictures`
    return {
      line: `loads in diffusers, all ${formatCount(answer.parameters)} weights finite, ${pictures} drawn`,
    }
  },
}

/** The command, about the chosen step in place of the last one. */
function takeModel(command: Command, chosen: ChosenStep | null): Command {
  if (chosen === null) return command
  const args = command.args.map((arg) => (arg.startsWith('--model=') ? `--model=${chosen.folder}` : arg))
  return { ...command, args }
}

function planVerification(context: PlanContext): Command {
  const { config, facts, paths, training } = context
  const { device } = training.settings
  const environment = deviceEnvironment({ device, gpus: planDevice(config, facts).gpus })
  const variant = config.train.extra['variant'] ?? baseModelVariant(facts)
  const conditions = Array.from({ length: conditionCount(context) }, (_, index) =>
    conditionPath(paths, index),
  )
  const args = [
    `--model=${paths.output}`,
    `--base_model=${paths.baseModel}`,
    ...(variant === null ? [] : [`--variant=${String(variant)}`]),
    `--output=${paths.run}/verification`,
    ...conditions.map((condition) => `--condition=${condition}`),
    `--prompt=${previewPrompt(config)}`,
    `--seed=${config.train.seed}`,
    ...(device === 'cpu' ? ['--device=cpu'] : []),
  ]
  return planPythonCommand(context, 'verify_model.py', { args, environment })
}

/** A picture takes minutes on a CPU with a real base model. */
function conditionCount({
  config,
  paths,
  training,
}: Pick<PlanContext, 'config' | 'paths' | 'training'>): number {
  if (training.settings.device === 'cpu') return 1
  return Math.max(1, planPreviews(config, paths, training).images.length)
}

const STDERR_KEPT = 20_000

async function check(command: Command, { paths, signal }: StageContext): Promise<Verification> {
  const output = await collectOutput(command, { signal })
  const logPath = join(paths.run, 'logs', 'verify-model.stderr.log')
  const lines = output.stderr
    .slice(-STDERR_KEPT)
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(createRedactor())
  await mkdir(join(paths.run, 'logs'), { recursive: true })
  await writeFile(logPath, lines.map((line) => `${line}\n`).join(''))
  const answer = output.exitCode === 0 ? parseAnswer(output.stdout) : null
  if (answer !== null) return answer
  const said = lines
    .findLast((line) => line.startsWith('verify_model.py: error: '))
    ?.replace(/^.*?error: /, '')
  throw new ToolError(`The model did not pass its check${said === undefined ? '.' : `: ${said}`}`, {
    ...describeFailure(command, output),
    reason: 'training',
    lastLines: lines.slice(-20),
    logPath,
  })
}

function parseAnswer(stdout: string): Verification | null {
  try {
    return JSON.parse(stdout) as Verification
  } catch {
    return null
  }
}
