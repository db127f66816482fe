import { conditionOf } from '../conditions/index.ts'
import { planCaptionNeeds } from '../dataset/captions/captions.ts'
import { openSource } from '../sources/open-source.ts'
import type { PictureSource } from '../sources/picture-source.ts'
import type { StageContext } from '../types.ts'

/** The source of the config. Whoever opens it closes it. */
export function openConfigSource({ config, facts, paths, signal }: StageContext): Promise<PictureSource> {
  const { condition, dataset } = config
  const { columns, sidecar } = planCaptionNeeds(dataset.captions)
  return openSource({
    source: dataset.source,
    columns: dataset.columns,
    values: columns,
    sidecar,
    isTemplate: 'template' in dataset.captions,
    conditioning: conditionOf(condition.kind).from === 'source',
    place: paths.source,
    revision: facts.source.revision,
    exclude: [paths.dataset, paths.runs],
    cache: facts.cache,
    signal,
  })
}
