import { createHash } from 'node:crypto'
import type { NetRuntime } from '../../tools/nets/net-runtime.ts'
import type { Quality } from '../annotator-spec.ts'
import type { AnnotatorIdentity, FaceSearch } from '../face-search.ts'
import { DETECTION_SIDES, findFaces } from './find-faces.ts'
import { readLandmarkModels, type LandmarkModels } from './landmark-models.ts'
import { openLandmarkNets } from './landmark-nets.ts'
import { embedded } from './spec.ts'

/** Plain data, so that it can be passed to a worker thread. */
export interface EmbeddedSettings {
  readonly models: LandmarkModels
  readonly quality: Quality
  readonly runtime: NetRuntime | undefined
}

export const embeddedSearch: FaceSearch = {
  async choose(quality, runtime) {
    const models = await readLandmarkModels()
    const identity: AnnotatorIdentity = {
      name: embedded.name,
      quality,
      version: embedded.version,
      models: models.hashes,
    }
    const line = `${identity.name} ${identity.version} ${quality}, models ${hashModels(models)}`
    return { settings: { models, quality, runtime } satisfies EmbeddedSettings, identity, line }
  },
  async openFinder(settings) {
    const { models, quality, runtime } = settings as EmbeddedSettings
    const nets = await openLandmarkNets(models, runtime)
    return {
      runtime: nets.runtime,
      sides: DETECTION_SIDES[quality],
      find: (pyramid) => findFaces(pyramid, nets),
      close: () => nets.close(),
    }
  },
}

/** Returns twelve hexadecimal digits. */
export function hashModels({ hashes }: LandmarkModels): string {
  return createHash('sha256').update(JSON.stringify(hashes)).digest('hex').slice(0, 12)
}
