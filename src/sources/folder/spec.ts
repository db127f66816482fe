/** The user's own pictures. */
import { formatFolderPlace } from '../../formats/pictures/place-name.ts'
import type { SourceSpec } from '../source-spec.ts'

export const folder: SourceSpec<'folder', 'path'> = {
  kind: 'folder',
  takes: 'path',
  words: 'A folder of pictures, nested or not, or a zip of one.',
  placeOf: (given, absolute) => absolute(given),
  showPlace: formatFolderPlace,
  columns: { words: 'a folder with metadata', haveCaptions: false, havePictures: false },
  beside: ['captions', 'landmarks'],
  hasExactLandmarks: false,
  showsPeople: true,
  expected: 'a folder of pictures',
  cardWords: () => "the maker's own.",
  terms: null,
  made: null,
  open: async () => (await import('./open.ts')).folderSource,
}
