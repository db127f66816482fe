/** Ready-made pairs of pictures and conditioning images. */
import { formatFolderPlace, withoutHere } from '../../formats/pictures/place-name.ts'
import { tableKind } from '../../formats/table/parse-table.ts'
import type { SourceSpec } from '../source-spec.ts'

export const pairs: SourceSpec<'pairs', 'path'> = {
  kind: 'pairs',
  takes: 'path',
  words: 'Ready-made pairs: a CSV or JSONL file, or a folder.',
  placeOf: (given, absolute) => absolute(given),
  showPlace: (given) => (tableKind(given) === null ? formatFolderPlace(given) : withoutHere(given)),
  columns: { words: 'pairs', haveCaptions: true, havePictures: false },
  beside: ['captions', 'landmarks'],
  hasExactLandmarks: false,
  showsPeople: true,
  expected: 'a table or a folder of pairs',
  cardWords: () => "the maker's own.",
  terms: null,
  made: null,
  open: async () => (await import('./open.ts')).pairsSource,
}
