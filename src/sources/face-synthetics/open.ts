import { observeFolder } from '../folders-and-zips/observe-folder.ts'
import { openFolderOrZip } from '../folders-and-zips/open-folder.ts'
import type { SourceModule } from '../source-module.ts'

/** Without metadata, but with segmentations, which are no pictures of their own. */
export const faceSyntheticsSource: SourceModule = {
  observe: (given, options) => observeFolder({ kind: 'face_synthetics', given, wanted: null }, options),
  open: (options) => openFolderOrZip(options, null),
}
