/** The made-up faces as a source: the same on every machine, so a folder of them serves every config. */

/** Raise it when the generator draws other faces from the same seed. */
const GENERATOR_VERSION = 1

export const GENERATOR_SEED = 1

/** What tells one set of faces from another; also the name of its folder in the cache. */
export function formatGeneratedName(count: number): string {
  return `generated-faces-${GENERATOR_VERSION}-${GENERATOR_SEED}-${count}`
}
