/** A person's own folder, used where it lies. */
import { isAbsolute, posix } from 'node:path'
import type { BaseModelSpec } from './base-model-spec.ts'
import { UNKNOWN_LICENCE } from './inherited-licence.ts'
import { shortHash } from './short-hash.ts'

export const folder: BaseModelSpec<{ readonly folder: string }> = {
  kind: 'folder',
  keys: { folder: { takes: 'path', words: 'A local folder in the layout of diffusers.' } },
  nameOf: (given) => given.folder,
  plan(given, { facts }) {
    const place = isAbsolute(given.folder) ? given.folder : posix.join(facts.workingDirectory, given.folder)
    const stamp = `{cache}/base-models/own-${shortHash(place)}.json`
    return { folder: place, stamp, commands: [], summary: given.folder }
  },
  lies: 'with-person',
  hubOf: () => null,
  isSmall: false,
  cachedBytes: 0,
  parts: null,
  licenceOf: () => UNKNOWN_LICENCE,
  cardWords: () => 'a local Stable Diffusion model',
}
