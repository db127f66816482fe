/** Creates the pictures of a source that the kit makes itself. */
export interface PictureMaker<Taken> {
  make(options: MakeOptions<Taken>): Promise<void>
}

export interface MakeOptions<Taken> {
  /** Value in the config. */
  readonly given: Taken
  /** Absolute path of the target folder. Complete pictures in it are kept. */
  readonly folder: string
  readonly signal: AbortSignal
  /** Called once at the beginning; the returned function is called with the number of finished pictures. */
  readonly begin: () => (done: number) => void
}
