/** What is read of a source that has columns, by their names in it. */
export interface WantedColumns {
  readonly image: string
  /** Null when no ready-made conditioning images are wanted. */
  readonly conditioning: string | null
  /** Columns with texts: captions and their variables. */
  readonly values: readonly string[]
  /** Whether a template names them, so that a variable of its own may be meant by a name that is no column. */
  readonly isTemplate?: boolean
}
