export interface CatalogModel {
  /** As in `models fetch NAME`. */
  readonly name: string
  /** What it is, in a few words. */
  readonly title: string
  /** What is fetched, in bytes; about. */
  readonly downloadBytes: number
  /** In one line. */
  readonly licence: string
  /** What a person should know before it is fetched, a paragraph each. */
  readonly about: readonly string[]
  /** What they have to agree to; null: nothing. */
  readonly terms: string | null
}
