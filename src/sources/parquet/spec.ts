/** The user's own Parquet files. */
import { formatFolderPlace, withoutHere } from '../../formats/pictures/place-name.ts'
import type { SourceSpec } from '../source-spec.ts'

export const parquet: SourceSpec<'parquet', 'path'> = {
  kind: 'parquet',
  takes: 'path',
  words: 'A folder of Parquet files.',
  placeOf: (given, absolute) => absolute(given),
  showPlace: (given) => (given.endsWith('.parquet') ? withoutHere(given) : formatFolderPlace(given)),
  columns: { words: 'parquet', haveCaptions: true, havePictures: true },
  beside: [],
  hasExactLandmarks: false,
  showsPeople: true,
  expected: 'a Parquet file, or a folder of them',
  cardWords: () => "the maker's own.",
  terms: null,
  made: null,
  open: async () => (await import('./open.ts')).parquetSource,
}
