import { formatGeneratedName } from '../../generated-faces/generated-source.ts'
import { openFolderOrZip } from '../folders-and-zips/open-folder.ts'
import type { SourceModule } from '../source-module.ts'

/** Generated faces are the same on every machine, so their number alone identifies them. */
export const generatedSource: SourceModule = {
  async observe(given) {
    const pictures = Number(given)
    return {
      kind: 'generated',
      given,
      exists: true,
      pictures,
      folders: 0,
      bytes: 0,
      digest: formatGeneratedName(pictures),
      others: {},
      revision: null,
    }
  },
  open: (options) => openFolderOrZip(options, null),
}
