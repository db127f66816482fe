/** diffusers' `train_controlnet.py`, at the one commit that the pinned packages were tested with. */
export const UPSTREAM_SCRIPT = {
  name: 'train_controlnet.py',
  version: 'v0.40.0',
  commit: 'd035dcd7cc7c88e0a154609b62887d50bba9fdc2',
  path: 'examples/controlnet/train_controlnet.py',
  sha256: '2f0742b561447565d1ea509582d7eb165dac58b857f99508d5ec02ca745142e3',
  sizeBytes: 48_796,
} as const

/** Releases of the script by sha256. They differ in one line, the oldest diffusers that they accept. */
const RELEASES: Readonly<Record<string, string>> = {
  f1318bbb36ee6611947ccfc254844272ea9a2ae2bf10e5c54bcc374011489d0b: 'v0.36.0',
  '5be5daa2dab5cf64a243176e77ac00cfb931ad52f6f5947e69c2525424bdd60b': 'v0.37.1',
  cbd11215bc81f17a291a6863876b9f9f67dced4cd210cfbcda1995ac38a1fc14: 'v0.38.0',
  '3e1cbd1027059e84c0b2c821582189dd4a4003d36e23edc6475690dad8e5153a': 'v0.39.0',
  [UPSTREAM_SCRIPT.sha256]: UPSTREAM_SCRIPT.version,
}

/** `v0.40.0`; null for a file that is none of the releases. */
export function upstreamVersion(sha256: string): string | null {
  return RELEASES[sha256] ?? null
}
