/** Observes the facts that planning needs about the network, without sending any request. */
import { configuredBase } from '../../base-models/index.ts'
import { BLIP } from '../../environment/pins.ts'
import type { Config, NetworkFact } from '../../types.ts'
import { holdsFiles, holdsPipeline } from '../hub/observe-hub-cache.ts'
import { findHubContact } from '../hub/hub-contact.ts'
import { githubRaw } from './mirrors.ts'
import { findContact } from './find-contact.ts'
import { findOffline, OFFLINE_FLAG } from './offline.ts'

/** `offline` is true when the user asked for a plan without network access. */
export async function observeNetwork(
  config: Config,
  { offline }: { offline: boolean },
): Promise<NetworkFact> {
  const forbidden = offline ? OFFLINE_FLAG : findOffline()
  const none = { baseModel: false, captioner: false }
  return {
    offline: forbidden,
    hub: await findHubContact(),
    githubRaw: await findContact(githubRaw),
    inHubCache: forbidden === null ? none : await observeHubCache(config),
  }
}

async function observeHubCache(config: Config): Promise<NetworkFact['inHubCache']> {
  const { spec, given } = configuredBase(config)
  const base = spec.hubOf(given)
  return {
    baseModel: base !== null && (await holdsPipeline(base.repo, base.revision)),
    captioner: 'model' in config.dataset.captions && (await holdsFiles(BLIP.repo, BLIP.revision, BLIP.files)),
  }
}
