/** Carries a plan out under the eyes of a person: locks, signals, the run folder, the reporter, the closing line. */
import { configuredSource } from '../sources/index.ts'
import { join } from 'node:path'
import { executePlan, type Execution } from '../actions/runs/execute-plan.ts'
import { followTrainingGpus } from '../actions/runs/training-gpus.ts'
import { EXIT_CODES } from '../errors.ts'
import { kitCommand } from '../next-step.ts'
import { runPlan } from '../run.ts'
import { stages } from '../stages/index.ts'
import { formatClosing, prepareClosing, trainClosing } from '../ui/closing-summary.ts'
import { outlinePlan, outlineTraining } from '../ui/create-reporter.ts'
import { formatStopping } from '../ui/stopping.ts'
import type { Plan } from '../types.ts'
import type { Output } from './output.ts'
import type { Planned } from './planning.ts'

interface CarryOutOptions {
  readonly command: 'prepare' | 'train' | 'resume'
  readonly planned: Planned
  readonly output: Output
  /** The run to go on with; null starts a new one (`train`) or none (`prepare`). */
  readonly runFolder: string | null
  /** From the start of this process on. */
  readonly maxTimeSeconds?: number
}

/** Returns the exit code. What fails before the run began (a lock) is thrown; later failures are shown and recorded. */
export async function carryOut(options: CarryOutOptions): Promise<number> {
  const { command, planned, output, runFolder, maxTimeSeconds } = options
  const { facts } = planned
  const plan = output.complete(planned.plan)
  const reporter = await output.createReporter()
  const gpus = followTrainingGpus(planned, (usage) => reporter.update({ gpus: usage }))
  let started = false
  const execution: Execution = {
    plan,
    facts,
    stages,
    command,
    runFolder,
    ...(maxTimeSeconds !== undefined && { deadlineMs: performance.timeOrigin + maxTimeSeconds * 1000 }),
    here: output.here,
    set: planned.loaded.overrides,
    start(target, run) {
      started = true
      output.invoke({ run })
      return reporter.begin(outlinePlan(plan, { command, target: `${output.here(target)}/` }))
    },
    report(event) {
      if (reporter.isLive) gpus.see(event)
      return reporter.report(event)
    },
    runPlan,
    formatStopping,
    resolved: (settled) => reporter.update({ training: outlineTraining(settled) }),
  }
  try {
    const { run } = await executePlan(execution)
    await reporter.close()
    if (!output.json) output.print(closingText(planned, run, output))
    return EXIT_CODES.done
  } catch (error) {
    if (!started) throw error
    await reporter.close()
    return output.fail(error)
  } finally {
    gpus.close()
  }
}

export function closingText({ plan }: Planned, run: string | null, output: Output): string {
  const dataset = output.here(plan.paths.dataset)
  if (run === null) return formatClosing(prepareClosing(dataset), output)
  const next = [...ownPhotos(plan, output), ...drawNow(plan)]
  return formatClosing(
    trainClosing({ model: output.here(join(run, 'model')), preview: join(dataset, 'preview.png'), next }),
    output,
  )
}

/** Where a photo can drive the model. */
function drawNow({ condition }: Plan): string[] {
  if (condition.from_any_picture === null) return []
  return [`${kitCommand('generate', { flags: { photo: 'me.jpg' } })}   draws with your model`]
}

/** After a training on generated faces: how to come to one's own. `init` writes no file over another. */
function ownPhotos({ config }: Plan, output: Output): string[] {
  if (configuredSource(config.dataset.source).spec.made === null) return []
  return output.invocation().config === null
    ? [`name a folder of your own photos under dataset.source, then: ${kitCommand('plan')}`]
    : [`${kitCommand('init')}, then name a folder of your own photos under dataset.source`]
}
