import { createRequire } from 'node:module'
import type { SharpConstructor } from 'sharp'

let loaded: SharpConstructor | undefined

/**
 * sharp, set up for many pictures at once: one thread for each, nothing kept. It is heavy, so it comes when needed, and as
 * CommonJS: as a module it takes three times as long, which every thread would pay for.
 */
export function loadSharp(): SharpConstructor {
  if (loaded !== undefined) return loaded
  const sharp = createRequire(import.meta.url)('sharp') as SharpConstructor
  sharp.concurrency(1)
  sharp.cache(false)
  return (loaded = sharp)
}
