/** What is checked before anything starts. A `fail` ends `plan` and `train` with exit code 3. Pure. */
import { configuredSource, sourceOf } from '../../sources/index.ts'
import { annotatorOf } from '../../annotators/index.ts'
import { findSourceProblem, formatPlace } from '../../dataset/sources/source-problem.ts'
import type { Check, PlanContext, PlannedStage, RunFact } from '../../types.ts'
import { isActive } from '../active-stages.ts'
import { checkCondition } from '../condition-questions.ts'
import { checkCaptioner } from './caption-checks.ts'
import { checkContacts, checkOffline } from './network-checks.ts'
import { checkEnvironmentFolder, checkPlaceholders, checkTrainingData } from './name-checks.ts'
import {
  checkCpuTorch,
  checkDriver,
  checkEnvironment,
  checkGpuIsThere,
  checkPrecision,
} from './gpu-checks.ts'
import { checkEffectiveBatch } from './batch-check.ts'
import { checkProcesses } from './process-check.ts'
import { checkMemory } from './memory-checks.ts'
import { checkDisk } from './disk-checks.ts'
import { checkHeldOut } from './held-out-check.ts'
import { checkBaseModel, checkStart } from './model-checks.ts'
import { checkDamagedRuns, checkForeign, checkSourcePlace, checkWritable } from './output-checks.ts'
import { checkSchedule } from './schedule-checks.ts'
import { checkExtraPackages, checkScript, checkVariant } from './script-checks.ts'
import { checkTrackers } from './tracker-checks.ts'
import { checkUnread } from './source-checks.ts'

/** `previous`: the run that is gone on with. */
type CheckRule = (
  context: PlanContext,
  stages: readonly PlannedStage[],
  previous: RunFact | null,
) => readonly Check[]

const RULES: readonly CheckRule[] = [
  checkCondition,
  checkSource,
  checkUnread,
  checkHeldOut,
  checkAnnotator,
  checkLicence,
  checkCaptioner,
  checkContacts,
  checkOffline,
  checkWritable,
  checkForeign,
  checkDamagedRuns,
  checkTrainingData,
  checkEnvironmentFolder,
  checkPlaceholders,
  checkEnvironment,
  checkBaseModel,
  checkGpuIsThere,
  checkCpuTorch,
  checkDriver,
  checkStart,
  checkScript,
  checkVariant,
  checkExtraPackages,
  checkTrackers,
  checkPrecision,
  checkEffectiveBatch,
  checkProcesses,
  checkMemory,
  checkDisk,
  checkSchedule,
]

export function planChecks(...of: Parameters<CheckRule>): readonly Check[] {
  return RULES.flatMap((rule) => rule(...of))
}

function checkSource(context: PlanContext, stages: readonly PlannedStage[]): Check[] {
  const { source } = context.facts
  const misplaced = checkSourcePlace(context)
  if (misplaced.length > 0) return misplaced
  if (sourceOf(source.kind).made !== null || !isActive(stages, ['collect-images'])) return []
  const path = `dataset.source.${source.kind}`
  const problem = findSourceProblem(source)
  if (problem !== null) return [{ ...problem, path, status: 'fail' }]
  const found = `${source.pictures} pictures in ${formatPlace(source)}`
  return [{ code: 'source-pictures', path, status: 'pass', found, expected: 'pictures', remedy: '' }]
}

function checkAnnotator({ config, facts }: PlanContext, stages: readonly PlannedStage[]): Check[] {
  const { needs } = annotatorOf(config.condition.annotator)
  if (needs === null || !isActive(stages, ['annotate-images'])) return []
  return [{ ...needs.check(facts.annotator), path: 'condition.annotator' }]
}

function checkLicence({ config }: PlanContext): Check[] {
  const { terms } = configuredSource(config.dataset.source).spec
  return terms === null ? [] : [terms.check]
}
