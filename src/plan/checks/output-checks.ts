/** Whether the folders that a plan writes into may be written, and lose nothing by it. Pure. */
import { sourceOf } from '../../sources/index.ts'
import { join } from 'node:path'
import type { Check, PlanContext } from '../../types.ts'

export function checkWritable({ facts, paths, trains }: PlanContext): Check[] {
  const written = facts.unwritable.filter(({ path }) => trains || path !== paths.runs)
  return written.map(({ path, reason }) => ({
    code: 'writable',
    path: null,
    status: 'fail',
    found: `${path} can't be written: ${reason}`,
    expected: 'a folder that you may write',
    remedy: 'Change its permissions, or name another folder (dataset.output, runs, CNK_HOME).',
  }))
}

/** A run that can't be read can't go on either: its checkpoints would be passed over without a word. */
export function checkDamagedRuns({ facts, trains }: PlanContext): Check[] {
  if (!trains) return []
  return facts.damagedRuns.map((folder) => ({
    code: 'run-damaged',
    path: null,
    status: 'warn',
    found: `${folder}/run.json can't be read, so that run is passed over`,
    expected: 'a record that the kit wrote',
    remedy: 'Restore the file from a copy to go on with that run, or remove its folder.',
  }))
}

/** What a person has there would be gone: pictures in `data/`, a project's README.md. */
export function checkForeign({ config, facts }: PlanContext): Check[] {
  const { foreign } = facts
  if (foreign.length === 0) return []
  return [
    {
      code: 'output-taken',
      path: 'dataset.output',
      status: 'fail',
      found: `${config.dataset.output} has ${foreign.join(', ')} that controlnet-kit did not make, and that a dataset would replace`,
      expected: 'an empty folder, a new one, or a dataset of controlnet-kit',
      remedy: 'Name another folder (dataset.output: ./dataset), or move them away.',
    },
  ]
}

/** Pictures in the part of the dataset folder that each new dataset replaces. */
export function checkSourcePlace({ config, facts: { source }, paths }: PlanContext): Check[] {
  const places = [join(paths.dataset, 'data'), paths.work]
  const isInside = places.some((place) => `${paths.source}/`.startsWith(`${place}/`))
  if (sourceOf(source.kind).takes !== 'path' || !(isInside || paths.source === paths.dataset)) return []
  return [
    {
      code: 'source-in-output',
      path: `dataset.source.${source.kind}`,
      status: 'fail',
      found: `${source.given} is where the dataset goes (dataset.output: ${config.dataset.output})`,
      expected: 'pictures in a place that the dataset does not replace',
      remedy: 'Name another folder: dataset.output: ./dataset',
    },
  ]
}
