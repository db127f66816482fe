/**
 * Formats a folder or archive for messages, without a leading `./` and with a slash after a folder: `./photos` → `photos/`,
 * `../faces.zip` → `../faces.zip`.
 */
export function formatFolderPlace(given: string): string {
  const place = withoutHere(given)
  return /\.zip(\.\d{3})?$/i.test(place) ? place : place.replace(/\/*$/, '/')
}

/** Removes a leading `./`: `./pairs.csv` → `pairs.csv`. */
export function withoutHere(given: string): string {
  return given.replace(/^\.\/(?=.)/, '')
}
