/** Whether `train.trackers` can record the training, and nobody else does. Pure. */
import { isOffline, TRACKER_PACKAGES, trackersOf } from '../../environment/trackers.ts'
import { environmentKindOf } from '../../environment/kinds.ts'
import { quoteWord, shellCommand } from '../../next-step.ts'
import type { Check, PlanContext, PlannedStage } from '../../types.ts'
import { isActive } from '../active-stages.ts'

const PATH = 'train.trackers'

export function checkTrackers(context: PlanContext, stages: readonly PlannedStage[]): Check[] {
  if (context.config.train.trackers.length === 0 || !isActive(stages, ['train-controlnet'])) return []
  return [...checkKeys(context), ...checkPackages(context)]
}

/** A tracker without its key ends the training before its first step. */
function checkKeys({ config, facts }: PlanContext): Check[] {
  return trackersOf(config.train.trackers).flatMap((tracker): Check[] => {
    const { name, variables, offlineModes } = tracker
    const fact = facts.trackers[tracker.name as keyof typeof facts.trackers]
    if (fact.hasKey || isOffline(tracker, fact)) return []
    return [
      {
        code: 'tracker-key',
        path: PATH,
        status: 'fail',
        found: `${name} is asked for, and ${variables.key} is not set`,
        expected: `its key in the environment`,
        remedy: `Set ${variables.key}, or keep the records on this machine: ${variables.mode}=${offlineModes[0]!}`,
      },
    ]
  })
}

/** Upstream's script takes one word: `all`, every tracker that is installed. The pinned environment has those that are asked for. */
function checkPackages({ config, facts: { ownPython } }: PlanContext): Check[] {
  if (environmentKindOf(config).isMade || ownPython?.ok !== true) return []
  const asked = trackersOf(config.train.trackers).map((tracker) => tracker.package)
  const isThere = (name: string): boolean => name in ownPython.packages
  const pip = (words: string): string => shellCommand(`${quoteWord(ownPython.file)} -m pip ${words}`)
  const missing = asked.filter((name) => !isThere(name))
  const others = TRACKER_PACKAGES.filter((name) => isThere(name) && !asked.includes(name))
  return [
    ...(missing.length === 0
      ? []
      : [
          fail('package-missing', {
            found: `${ownPython.file} has no ${missing.join(', ')}`,
            expected: 'the packages of train.trackers',
            remedy: `Install it there: ${pip(`install ${missing.join(' ')}`)}`,
          }),
        ]),
    ...(others.length === 0
      ? []
      : [
          fail('tracker-unasked', {
            found: `${ownPython.file} also has ${others.join(', ')}, which would record the training too`,
            expected: `no trackers but tensorboard and ${config.train.trackers.join(', ')}`,
            remedy: `Leave train.trackers out, or remove what you don't want: ${pip(`uninstall ${others.join(' ')}`)}`,
          }),
        ]),
  ]
}

function fail(code: string, words: Pick<Check, 'found' | 'expected' | 'remedy'>): Check {
  return { code, path: PATH, status: 'fail', ...words }
}
