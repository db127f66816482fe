import { createRequire } from 'node:module'
import type { SharpConstructor } from 'sharp'

let loaded: SharpConstructor | undefined

/**
 * Loads sharp, set up for many pictures at once: one thread each, no cache. It is heavy, so it is loaded on demand, and as
 * CommonJS: loading it as an ES module takes three times as long, in every thread.
 */
export function loadSharp(): SharpConstructor {
  if (loaded !== undefined) return loaded
  const sharp = createRequire(import.meta.url)('sharp') as SharpConstructor
  sharp.concurrency(1)
  sharp.cache(false)
  return (loaded = sharp)
}
