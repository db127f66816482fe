/** Kinds of values that keys of the schema share. */
import * as z from 'zod'

export const text = z.string().min(1)
export const count = z.int().min(1)
export const share = z.number().min(0).max(1)
/** Only shells expand `~`. */
export const path = text
  .regex(/^(?!~)/, 'expected a path without ~, such as /home/me/photos or ./photos')
  .describe('A path; relative paths start at the working directory.')
