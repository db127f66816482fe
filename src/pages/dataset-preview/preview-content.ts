/** What the page of a dataset shows. */
import type { Manifest } from '../../dataset/manifest.ts'
import type { ExtensionCounts } from '../../formats/pictures/picture-names.ts'
import type { Invocation } from '../../next-step.ts'
import type { Config } from '../../types.ts'
import type { PreviewTally } from './preview-tally.ts'
import type { PreviewSample } from './samples-section.ts'

export interface PreviewContent {
  readonly config: Config
  /** The form of the commands on the page. */
  readonly invocation: Invocation
  readonly manifest: Manifest
  readonly tally: PreviewTally
  readonly samples: readonly PreviewSample[]
  /** Of rejected pictures, as `data:` URLs by path in the source. */
  readonly thumbnails: ReadonlyMap<string, string>
  /** Pictures of the source that are of kinds that are not read, by extension. */
  readonly unread?: ExtensionCounts | undefined
}
