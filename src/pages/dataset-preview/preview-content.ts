/** The content of a dataset's preview page. */
import type { Manifest } from '../../dataset/manifest.ts'
import type { ExtensionCounts } from '../../formats/pictures/picture-names.ts'
import type { Invocation } from '../../next-step.ts'
import type { Config } from '../../types.ts'
import type { PreviewStatistics } from './preview-statistics.ts'
import type { PreviewSample } from './samples-section.ts'

export interface PreviewContent {
  readonly config: Config
  /** How the user started the kit, so that commands on the page have the same form. */
  readonly invocation: Invocation
  readonly manifest: Manifest
  readonly statistics: PreviewStatistics
  readonly samples: readonly PreviewSample[]
  /** Path in the source → `data:` URL, for rejected pictures. */
  readonly thumbnails: ReadonlyMap<string, string>
  /** Extension → number of pictures in the source whose format can't be read. */
  readonly unread?: ExtensionCounts | undefined
}
