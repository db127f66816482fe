/** What makes the pictures of a source that the kit makes itself. */
export type MakePictures = (options: MakeOptions) => Promise<void>

export interface MakeOptions {
  readonly count: number
  /** Where they go, absolute. What is whole there already is left as it is. */
  readonly folder: string
  readonly signal: AbortSignal
  /** Called when the making begins; what it returns is called with the number of finished pictures. */
  readonly begin: () => (done: number) => void
}
