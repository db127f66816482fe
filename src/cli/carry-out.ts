/** Carries a plan out under the eyes of a person: locks, signals, the run folder, the reporter, the closing line. */
import { join, relative } from 'node:path'
import { executePlan, type Execution } from '../commands/execute-plan.ts'
import { EXIT_CODES } from '../errors.ts'
import { runPlan } from '../run.ts'
import { stages } from '../stages/index.ts'
import { formatClosing, prepareClosing, trainClosing } from '../ui/closing-summary.ts'
import { outlinePlan } from '../ui/create-reporter.ts'
import { formatStopping } from '../ui/stopping.ts'
import type { Output } from './output.ts'
import { DEFAULT_CONFIG, type Planned } from './planning.ts'

interface CarryOutOptions {
  readonly command: 'prepare' | 'train' | 'resume'
  readonly planned: Planned
  readonly output: Output
  /** The run to go on with; null starts a new one (`train`) or none (`prepare`). */
  readonly runFolder: string | null
}

/** Gives the exit code. What fails before the run began (a lock) is thrown; later failures are shown and recorded. */
export async function carryOut({ command, planned, output, runFolder }: CarryOutOptions): Promise<number> {
  const { plan, facts } = planned
  const here = (path: string): string => relative(facts.workingDirectory, path) || '.'
  const reporter = output.createReporter()
  let started = false
  const execution: Execution = {
    plan,
    facts,
    stages,
    command,
    runFolder,
    start(target) {
      started = true
      return reporter.begin(outlinePlan(plan, { command, target: `${here(target)}/` }))
    },
    report: (event) => reporter.report(event),
    runPlan,
    formatStopping,
    resolved: (settled) => reporter.update({ training: settled.training }),
  }
  try {
    const { run } = await executePlan(execution)
    reporter.close()
    if (!output.json) output.print(closingText(planned, run, { output, here }))
    return EXIT_CODES.done
  } catch (error) {
    if (!started) throw error
    reporter.close()
    return output.fail(error)
  }
}

interface ClosingOptions {
  readonly output: Output
  readonly here: (path: string) => string
}

export function closingText(
  { plan, loaded }: Planned,
  run: string | null,
  { output, here }: ClosingOptions,
): string {
  const dataset = here(plan.paths.dataset)
  const configFile = `./${loaded.file}` === DEFAULT_CONFIG ? null : loaded.file
  if (run === null) return formatClosing(prepareClosing(dataset, configFile), output)
  const next =
    'generated' in plan.config.dataset.source
      ? [
          'controlnet-kit init, then name a folder of your own photos under dataset.source',
          'controlnet-kit annotate me.jpg',
        ]
      : ['controlnet-kit annotate me.jpg   draws the condition for your own photo']
  return formatClosing(
    trainClosing({ model: here(join(run, 'model')), preview: join(dataset, 'preview.png'), next }),
    output,
  )
}
