import type { SharpConstructor } from 'sharp'

let loaded: Promise<SharpConstructor> | undefined

/** sharp, set up for many pictures at once: one thread for each, nothing kept. It is heavy, so it comes when needed. */
export function loadSharp(): Promise<SharpConstructor> {
  loaded ??= import('sharp').then(({ default: sharp }) => {
    sharp.concurrency(1)
    sharp.cache(false)
    return sharp
  })
  return loaded
}
