import { chooseColumns } from '../choose-columns.ts'
import { observeFolder } from '../folders-and-zips/observe-folder.ts'
import { planWanted } from '../observe-options.ts'
import { openFolderOrZip } from '../folders-and-zips/open-folder.ts'
import type { SourceModule } from '../source-module.ts'

/** A folder or zip of pictures; reads its metadata files. */
export const folderSource: SourceModule = {
  observe: (given, options) => observeFolder({ kind: 'folder', given, wanted: planWanted(options) }, options),
  open: (options) => openFolderOrZip(options, chooseColumns(options)),
}
