/** What makes the pictures of a source that the kit makes itself. */
export interface PictureMaker<Taken> {
  make(options: MakeOptions<Taken>): Promise<void>
}

export interface MakeOptions<Taken> {
  /** As in the config. */
  readonly given: Taken
  /** Where they go, absolute. What is whole there already is left as it is. */
  readonly folder: string
  readonly signal: AbortSignal
  /** Called when the making begins; what it returns is called with the number of finished pictures. */
  readonly begin: () => (done: number) => void
}
