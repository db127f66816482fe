/** Whether what has to be fetched can be fetched: else a plan would fail after its dataset was made. Pure. */
import { configuredBase } from '../../base-models/index.ts'
import { sourceOf } from '../../sources/index.ts'
import { BLIP, TRAINER_SCRIPT } from '../../environment/pins.ts'
import { environmentKindOf } from '../../environment/kinds.ts'
import { hubDownload } from '../../formats/text/hub-download.ts'
import type { Check, Offline, PlanContext, PlannedStage } from '../../types.ts'
import {
  asksForSource,
  fetchesBaseModel,
  fetchesCaptioner,
  fetchesTrainer,
  planContacts,
} from '../contacts.ts'

/** An address or a proxy that can't be used. */
export function checkContacts(context: PlanContext, stages: readonly PlannedStage[]): Check[] {
  const problems = planContacts(stages, context).flatMap(({ problem }) => problem ?? [])
  const distinct = [...new Map(problems.map((problem) => [problem.found, problem])).values()]
  return distinct.map((problem) => ({ ...problem, path: null, status: 'fail' }))
}

/** What is neither in the kit's cache nor in that of the Hub's own client. */
export function checkOffline(context: PlanContext, stages: readonly PlannedStage[]): Check[] {
  const { offline, inHubCache } = context.facts.network
  if (offline === null) return []
  const missing = [
    ...(asksForSource(stages, context) ? [missingSource(context)] : []),
    ...(fetchesTrainer(stages, context) ? [missingTrainer()] : []),
    ...(fetchesCaptioner(stages, context) && !inHubCache.captioner ? [missingCaptioner()] : []),
    ...(fetchesBaseModel(stages, context) && !inHubCache.baseModel ? [missingBase(context)] : []),
  ]
  return [...missing.map((one) => planCheck(one, offline)), ...checkPackages(context, stages, offline)]
}

interface Missing {
  readonly code: string
  readonly path: string
  readonly what: string
  /** Follows `or`. */
  readonly remedy: string
}

function planCheck({ code, path, what, remedy }: Missing, offline: Offline): Check {
  return {
    ...{ code, path, status: 'fail', expected: 'all that is needed on this machine' },
    found: `${what} is not on this machine, and ${offline.why}`,
    remedy: `${offline.undo}, or ${remedy}`,
  }
}

function missingSource({ facts: { source } }: PlanContext): Missing {
  return {
    code: 'source-missing',
    path: `dataset.source.${source.kind}`,
    what: source.given,
    remedy: sourceOf(source.kind).fetchFirst?.(source.given) ?? 'take pictures that are on this machine.',
  }
}

function missingTrainer(): Missing {
  return {
    code: 'trainer-missing',
    path: 'train.engine',
    what: `diffusers' train_controlnet.py (${TRAINER_SCRIPT.version})`,
    remedy: 'name a local copy (train.script), or train with the engine of the kit (train.engine: builtin).',
  }
}

function missingCaptioner(): Missing {
  return {
    code: 'caption-model-missing',
    path: 'dataset.captions.model',
    what: BLIP.repo,
    remedy: 'name a folder that has the model (CNK_BLIP_MODEL=/path).',
  }
}

function missingBase({ config }: PlanContext): Missing {
  const { spec, given } = configuredBase(config)
  const hub = spec.hubOf(given)
  const repo = hub === null ? spec.nameOf(given) : `${hub.repo}@${hub.revision}`
  return {
    code: 'base-model-missing',
    path: `base_model.${spec.kind}`,
    what: repo,
    remedy: `name a local copy (base_model.folder), or fetch it first with: ${hubDownload(repo, 'model')}`,
  }
}

/** pip may have wheels in a folder, or a mirror within reach: only pip can tell. */
function checkPackages({ config }: PlanContext, stages: readonly PlannedStage[], offline: Offline): Check[] {
  if (!environmentKindOf(config).isMade) return []
  if (!stages.some(({ name, action }) => name === 'create-environment' && action !== 'reuse')) return []
  return [
    {
      ...{ code: 'packages-missing', path: 'environment', status: 'warn' },
      found: `the Python environment is not made yet, and ${offline.why}`,
      expected: 'an environment, or packages that pip can reach',
      remedy:
        'Where there is no package index, pip takes wheels from a folder: PIP_NO_INDEX=1 PIP_FIND_LINKS=/path.',
    },
  ]
}
