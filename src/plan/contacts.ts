/** Whom carrying a plan out asks for files. Pure. */
import { configuredBase } from '../base-models/index.ts'
import { environmentKindOf } from '../environment/kinds.ts'
import { isOffline, trackersOf, type TrackerName } from '../environment/trackers.ts'
import { describeCaptioner } from '../trainer/captions/captioner.ts'
import type { Contact, PlanContext, PlannedStage } from '../types.ts'
import { isActive } from './active-stages.ts'

/** Returns the hosts that the kit asks, without those that pip and a person's own program ask; none when offline. */
export function planContacts(stages: readonly PlannedStage[], context: PlanContext): readonly Contact[] {
  const { network, source } = context.facts
  if (network.offline !== null) return []
  const fromHub = fetchesCaptioner(stages, context) || fetchesBaseModel(stages, context)
  return [
    ...(source.contact !== undefined && asksForSource(stages, context) ? [source.contact] : []),
    ...(fetchesTrainer(stages, context) ? [network.githubRaw] : []),
    ...(fromHub ? [network.hub] : []),
  ]
}

/** Returns everybody whom the plan contacts: `huggingface.co through proxy.corp:3128`, `your pip index`. */
export function nameContacts(stages: readonly PlannedStage[], context: PlanContext): string[] {
  const hosts = planContacts(stages, context).flatMap(formatContact)
  return [
    ...new Set([
      ...namePackageIndex(stages, context),
      ...nameTrackers(stages, context),
      ...nameProgram(stages, context),
      ...hosts,
    ]),
  ]
}

function formatContact({ host, also, proxy }: Contact): string[] {
  return [host, ...also].map((name) => (proxy === null ? name : `${name} through ${proxy}`))
}

/** pip has settings of its own, for being offline too. An index that a command names is asked when pip's own fail. */
function namePackageIndex(stages: readonly PlannedStage[], { config }: PlanContext): string[] {
  const environment = stages.find(({ name }) => name === 'create-environment')
  if (
    environment === undefined ||
    !environmentKindOf(config).isMade ||
    !isActive(stages, ['create-environment'])
  )
    return []
  const named = environment.commands.flatMap(({ args }) => {
    const index = args[args.indexOf('--index-url') + 1]
    return args.includes('--index-url') && index !== undefined ? [new URL(index).host] : []
  })
  return ['your pip index', ...named.map((host) => `${host} (for what your pip index does not have)`)]
}

/** They send with their own settings, while the training runs. */
function nameTrackers(stages: readonly PlannedStage[], { config, facts }: PlanContext): string[] {
  if (!isActive(stages, ['train-controlnet'])) return []
  return trackersOf(config.train.trackers).flatMap((tracker) => {
    const fact = facts.trackers[tracker.name as TrackerName]
    if (isOffline(tracker, fact)) return []
    return [
      `${fact.address === null ? tracker.host : hostOf(fact.address)} (${tracker.name}, while it trains)`,
    ]
  })
}

/** An address may hold a login, which is nobody's business. */
function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host : 'a server of your own'
}

/** What a person's own program does is not known. */
function nameProgram(stages: readonly PlannedStage[], { config, facts }: PlanContext): string[] {
  if (!isActive(stages, ['annotate-images']) || facts.captioner?.kind !== 'command') return []
  return [`whoever ${describeCaptioner(config, facts.captioner)} asks`]
}

export function asksForSource(stages: readonly PlannedStage[], { facts: { source } }: PlanContext): boolean {
  const readers = ['collect-images', 'annotate-images', 'write-dataset'] as const
  return source.contact !== undefined && isActive(stages, readers)
}

export function fetchesTrainer(stages: readonly PlannedStage[], { config }: PlanContext): boolean {
  return isActive(stages, ['fetch-trainer']) && config.train.script === undefined
}

export function fetchesBaseModel(stages: readonly PlannedStage[], { config }: PlanContext): boolean {
  const { spec, given } = configuredBase(config)
  return isActive(stages, ['fetch-base-model']) && spec.hubOf(given) !== null
}

export function fetchesCaptioner(stages: readonly PlannedStage[], { facts }: PlanContext): boolean {
  const { captioner } = facts
  if (captioner?.kind !== 'blip' || !isActive(stages, ['annotate-images'])) return false
  return captioner.folder === null && !captioner.isThere
}
