import { createHash } from 'node:crypto'

/** Tells folders of the cache apart. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8)
}
