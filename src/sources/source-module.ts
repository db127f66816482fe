/** What `open.ts` of a kind of source gives. */
import type { SourceFact } from '../types.ts'
import type { ObserveOptions } from './observe-options.ts'
import type { OpenSourceOptions, PictureSource } from './picture-source.ts'

export interface SourceModule<Taken = string> {
  /** What planning needs to know of the pictures, without opening any. `given`: as in the config. */
  observe(given: Taken, options: ObserveOptions): Promise<SourceFact>
  /** Throws a UserError when it can't be trusted. */
  open(options: OpenSourceOptions): Promise<PictureSource>
}
