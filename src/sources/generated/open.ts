import {
  formatFaceSet,
  formatGeneratedName,
  readFaceSet,
  type GeneratedFaces,
} from '../../generated-faces/generated-source.ts'
import { openFolderOrZip } from '../folders-and-zips/open-folder.ts'
import type { SourceModule } from '../source-module.ts'

/** Generated faces are the same on every machine, so their number, size and kind identify them. */
export const generatedSource: SourceModule<GeneratedFaces> = {
  async observe(given) {
    return {
      kind: 'generated',
      given: formatFaceSet(given),
      exists: true,
      pictures: readFaceSet(given).count,
      folders: 0,
      bytes: 0,
      digest: formatGeneratedName(given),
      others: {},
      revision: null,
    }
  },
  open: (options) => openFolderOrZip(options, null),
}
