/** Explains why a source has no usable pictures, for the plan's checks and for `collect-images`. */
import { NO_EXTENSION, type ExtensionCounts } from '../../formats/pictures/picture-names.ts'
import { sourceOf } from '../../sources/index.ts'
import type { SourceFact } from '../../types.ts'
import { formatCount } from '../../words.ts'

export interface SourceProblem {
  readonly code: 'source-missing' | 'no-pictures'
  readonly found: string
  readonly expected: string
  readonly remedy: string
}

/** The kinds that messages name; more extensions of these kinds are read. */
export const EXPECTED_PICTURES = '.jpg .png .webp .avif .tiff'

/** Returns null when the source has pictures. */
export function findSourceProblem(source: SourceFact): SourceProblem | null {
  const spec = sourceOf(source.kind)
  const place = formatPlace(source)
  if (!source.exists) {
    const remedy =
      spec.whenMissing?.() ??
      'Put pictures there, or correct dataset.source. Relative paths start at the working directory.'
    const { expected } = spec
    return { code: 'source-missing', found: `There is no ${place}`, expected, remedy }
  }
  if (source.pictures === 0 && spec.columns?.havePictures === true) {
    const remedy = 'Correct dataset.source.'
    const found = `${place} has no rows`
    return { code: 'no-pictures', found, expected: 'Parquet files with rows', remedy }
  }
  if (source.pictures > 0) return null
  const remedy = adviseNoPictures(source)
  return {
    code: 'no-pictures',
    found: `${place} has no pictures`,
    expected: `${EXPECTED_PICTURES}, found ${formatOthers(source)}`,
    remedy,
  }
}

function adviseNoPictures(source: SourceFact): string {
  const { unread = {} } = source
  if (countUnread(source) === 0) return 'Put pictures there, or correct dataset.source.'
  if (hasHeic(source)) return "HEIC can't be read here: export as JPEG first."
  if (Object.keys(unread).every((kind) => kind === NO_EXTENSION)) return adviseUnread(unread)
  return "Pictures of these kinds can't be read here: export them as JPEG or PNG first."
}

/** Advice for pictures that can't be read. */
export function adviseUnread(unread: ExtensionCounts): string {
  const kinds = Object.keys(unread)
  const others = kinds.some((kind) => kind !== NO_EXTENSION)
  return [
    ...(others ? [EXPORT] : []),
    ...(kinds.includes(NO_EXTENSION) ? ['Give files without an extension the right one, such as .jpg.'] : []),
  ].join(' ')
}

const EXPORT = 'Export them as JPEG or PNG.'

/** `./photos` → `photos/`, `./faces.zip` → `faces.zip`, `./pairs.csv` → `pairs.csv`. */
export function formatPlace({ kind, given }: Pick<SourceFact, 'kind' | 'given'>): string {
  return sourceOf(kind).showPlace(given)
}

/** Formats `8 .heic, 4 .bmp`, the most frequent first; returns null when all pictures are read. */
export function formatUnread({ unread = {} }: Pick<SourceFact, 'unread'>): string | null {
  const kinds = byFrequency(unread)
  return kinds.length === 0 ? null : kinds.map((kind) => `${formatCount(unread[kind]!)} ${kind}`).join(', ')
}

export function countUnread({ unread = {} }: Pick<SourceFact, 'unread'>): number {
  return Object.values(unread).reduce((sum, count) => sum + count, 0)
}

function byFrequency(counts: Readonly<Record<string, number>>): string[] {
  return Object.keys(counts).sort((a, b) => counts[b]! - counts[a]! || (a < b ? -1 : 1))
}

function hasHeic({ others }: SourceFact): boolean {
  return Object.keys(others).some((extension) => extension === '.heic' || extension === '.heif')
}

/** Formats `3 other files (.heic, .txt)`. */
function formatOthers({ others }: SourceFact): string {
  const count = Object.values(others).reduce((sum, each) => sum + each, 0)
  if (count === 0) return 'nothing'
  const kinds = byFrequency(others)
  const named = kinds.slice(0, 5).join(', ') + (kinds.length > 5 ? ' …' : '')
  return `${formatCount(count)} other ${count === 1 ? 'file' : 'files'} (${named})`
}
