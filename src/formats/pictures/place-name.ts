/** `../photos` → `photos/`, `../faces.zip` → `faces.zip` */
export function formatFolderPlace(given: string): string {
  const place = withoutHere(given)
  return /\.zip(\.\d{3})?$/i.test(place) ? place : place.replace(/\/*$/, '/')
}

/** `./pairs.csv` → `pairs.csv` */
export function withoutHere(given: string): string {
  return given.replace(/^\.\/(?=.)/, '')
}
