/** The interface that `open.ts` of each source kind exports. */
import type { SourceFact } from '../types.ts'
import type { ObserveOptions } from './observe-options.ts'
import type { OpenSourceOptions, PictureSource } from './picture-source.ts'

export interface SourceModule<Taken = string> {
  /** Returns the facts that planning needs, without opening any picture. `given` is the value in the config. */
  observe(given: Taken, options: ObserveOptions): Promise<SourceFact>
  /** Throws a UserError when the source is damaged or unsafe. */
  open(options: OpenSourceOptions): Promise<PictureSource>
}
