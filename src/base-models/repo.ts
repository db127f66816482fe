/** A repository on the Hub, fetched once into the cache. */
import type { BaseModelSpec, Licence } from './base-model-spec.ts'
import { launchPython } from './launch-python.ts'
import { inheritedLicence, UNKNOWN_LICENCE } from './inherited-licence.ts'
import { shortHash } from './short-hash.ts'

export const repo: BaseModelSpec<{ readonly repo: string; readonly revision: string }> = {
  kind: 'repo',
  keys: {
    repo: { takes: 'text', words: 'Repository on the Hub: owner/name.' },
    revision: {
      takes: 'text',
      default: 'main',
      words: 'Branch, tag or commit; the commit that it points to is recorded.',
    },
  },
  nameOf: (given) => given.repo,
  plan(given, input) {
    const name = `${given.repo}@${given.revision}`
    // A name that survives every file system; the hash keeps `a/b--c` and `a--b/c` apart.
    const folder = `{cache}/base-models/${name.replace(/[^A-Za-z0-9._@-]+/g, '--')}-${shortHash(name)}`
    const args = ['--repo', given.repo, '--revision', given.revision, '--output', `${folder}.partial`]
    const commands = [launchPython(input, 'fetch_model.py', args)]
    return { folder, stamp: `${folder}/controlnet-kit.json`, commands, summary: name }
  },
  lies: 'in-cache',
  hubOf: (given) => given,
  isSmall: false,
  // UNet, VAE and text encoder of Stable Diffusion 1.5 as 32-bit safetensors.
  cachedBytes: 4_270_000_000,
  parts: null,
  licenceOf: (given) => findLicence(given.repo),
  cardWords: (given, commit) =>
    `\`${given.repo}\` (${commit === null ? given.revision : `commit ${commit}`})`,
}

/** Repositories whose licence is known. */
const LICENCES: readonly (readonly [RegExp, string])[] = [
  [/^(stable-diffusion-v1-5|runwayml|CompVis)\/stable-diffusion-v1-/, 'creativeml-openrail-m'],
  [/\/stable-diffusion-2(-|$)/, 'openrail++'],
]

function findLicence(name: string): Licence {
  const id = LICENCES.find(([pattern]) => pattern.test(name))?.[1]
  return id === undefined ? UNKNOWN_LICENCE : inheritedLicence(id)
}
