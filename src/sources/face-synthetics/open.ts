import { observeFolder } from '../folders-and-zips/observe-folder.ts'
import { openFolderOrZip } from '../folders-and-zips/open-folder.ts'
import type { SourceModule } from '../source-module.ts'

/** Reads no metadata files, and doesn't count segmentation maps as pictures. */
export const faceSyntheticsSource: SourceModule = {
  observe: (given, options) => observeFolder({ kind: 'face_synthetics', given, wanted: null }, options),
  open: (options) => openFolderOrZip(options, null),
}
