import { countHeldOut } from '../../dataset/annotations/held-out-count.ts'
import type { Config, Facts } from '../../types.ts'

/** Rows of the written dataset, else an estimate: every picture found gives one row, the held-out ones aside. */
export function estimateRows(
  config: Config,
  facts: Pick<Facts, 'manifest' | 'source'>,
): { train: number; validation: number } {
  if (facts.manifest !== null) return { train: facts.manifest.train, validation: facts.manifest.validation }
  const pictures = facts.source.pictures
  const validation = countHeldOut(config.dataset.validation.count, pictures)
  return { train: pictures - validation, validation }
}
