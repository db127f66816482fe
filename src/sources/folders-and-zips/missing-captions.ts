import { sidecarName } from '../../dataset/captions/captions.ts'
import { formatCount } from '../../words.ts'
import { UserError } from '../../errors.ts'
import type { SourceListing } from '../picture-source.ts'

interface Asked {
  /** Path as in the config. */
  readonly given: string
  readonly sidecar: string
}

/** Throws a UserError when no picture has a caption file: that is one mistake in the config, not a fault of each picture. */
export function requireNoPictures({ entries, others }: SourceListing, { given, sidecar }: Asked): void {
  const first = entries.find(({ problem }) => problem === undefined)
  if (first === undefined) return
  const kinds = Object.keys(others).sort((a, b) => others[b]! - others[a]! || (a < b ? -1 : 1))
  const listed = kinds.slice(0, 4).map((kind) => `${kind} (${formatCount(others[kind]!)})`)
  const found = listed.length === 0 ? '' : `; other files there: ${listed.join(', ')}`
  const expected = `expected ${sidecarName(first.path, sidecar)} for ${first.path} and so on`
  throw new UserError(`No picture in ${given} has a caption file: ${expected}${found}.`, {
    reason: 'preflight',
    code: 'captions-missing',
    hint: 'Correct dataset.captions.sidecar, or write the captions there.',
  })
}
