/** Creates the pictures of a source that the kit makes itself. */
export type MakePictures = (options: MakeOptions) => Promise<void>

export interface MakeOptions {
  readonly count: number
  /** Absolute path of the target folder. Complete pictures in it are kept. */
  readonly folder: string
  readonly signal: AbortSignal
  /** Called once at the beginning; the returned function is called with the number of finished pictures. */
  readonly begin: () => (done: number) => void
}
