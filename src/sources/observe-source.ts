/** Observes the facts that planning needs about the pictures, without opening any picture. */
import { createHash } from 'node:crypto'
import type { SourceFact } from '../types.ts'
import { configuredSource, type SourceConfig } from './index.ts'
import type { ObserveOptions } from './observe-options.ts'
import { addLandmarks } from './source-digest.ts'

export async function observeSource(source: SourceConfig, options: ObserveOptions): Promise<SourceFact> {
  const { spec, given } = configuredSource(source)
  const fact = await (await spec.open()).observe(given, options)
  if (options.landmarks === undefined || !fact.exists) return fact
  const hash = createHash('sha256').update(fact.digest)
  await addLandmarks(hash, options.landmarks, options)
  return { ...fact, digest: hash.digest('hex') }
}
