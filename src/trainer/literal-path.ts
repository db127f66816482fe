/**
 * Folder names that the trainer's `datasets` does not take as they are. It looks for a dataset's files by a pattern that
 * begins with the folder's real path, so that a name can match other folders, or nothing. Found out with datasets 5.0.1.
 */
const EXPANDED = /[*?[$]|::|\p{Cc}/u

/** The first part of the path that `datasets` would expand, as a person sees it: `[`, `::`, `a control character`; null: none. */
export function findExpandedPart(path: string): string | null {
  const found = EXPANDED.exec(path)?.[0]
  if (found === undefined) return null
  return found < ' ' || found === '\x7f' ? 'a control character' : found
}
