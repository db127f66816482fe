/** What draws with a model, and what its pictures say of it. */
import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fillPlaceholders } from '../../plan/placeholders.ts'
import { readChosenStep } from '../../tools/runs/chosen-step.ts'
import { planDrawingProgram } from '../../trainer/drawing-program.ts'
import type { Command, Facts, Plan } from '../../types.ts'
import type { NamedModel } from './model-folder.ts'
import type { DrawnBy } from './recipe.ts'

interface Planned {
  readonly facts: Facts
  /** Of the run. */
  readonly plan: Plan
}

export async function readModelFacts(
  { run, controlnet, isOwn }: NamedModel,
  { facts, plan }: Planned,
): Promise<{ readonly command: Command; readonly drawnBy: DrawnBy }> {
  const paths = fillPlaceholders(plan.paths, { run: run.folder, cache: facts.cache })
  const step = (await readChosenStep(run.folder))?.step ?? plan.training.total_steps
  return {
    command: planDrawingProgram({ config: plan.config, facts, paths }),
    drawnBy: {
      kitVersion: facts.kitVersion,
      model: isOwn ? run.record.id : basename(controlnet),
      step: isOwn ? step : null,
      baseCommit: await readCommit(join(paths.baseModel, 'source.json')),
    },
  }
}

async function readCommit(file: string): Promise<string | null> {
  const text = await readFile(file, 'utf8').catch(() => null)
  const { commit } = text === null ? {} : (JSON.parse(text) as { commit?: string })
  return commit ?? null
}
