/** The columns to read from a source that has columns, under the names they have there. */
export interface WantedColumns {
  readonly image: string
  /** Null when ready-made conditioning images are not needed. */
  readonly conditioning: string | null
  /** Text columns: captions and variables of caption templates. */
  readonly values: readonly string[]
  /**
   * True when `values` are the variables of a caption template. A misspelt name may then be meant as one of the kit's own
   * variables, so error messages suggest those too.
   */
  readonly isTemplate?: boolean
}
