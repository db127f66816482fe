/**
 * Compares two versions of Python packages by their release numbers; one before the release (`0.40.0.dev0`, `2.6.0a0+git`) is
 * older than the release. Builds (`+cu130`) count for nothing. Negative: `a` is older. Rules: PEP 440, without epochs.
 */
export function compareVersions(a: string, b: string): number {
  const [one, other] = [parseVersion(a), parseVersion(b)]
  const length = Math.max(one.release.length, other.release.length)
  for (let at = 0; at < length; at++) {
    const difference = (one.release[at] ?? 0) - (other.release[at] ?? 0)
    if (difference !== 0) return difference
  }
  return Number(other.isEarly) - Number(one.isEarly)
}

/** `2.13.0+cpu` → `2.13.0` */
export function withoutBuild(version: string): string {
  return version.split('+')[0]!
}

function parseVersion(version: string): { readonly release: readonly number[]; readonly isEarly: boolean } {
  const [, numbers = '0', rest = ''] = /^v?(\d+(?:\.\d+)*)(.*)$/i.exec(withoutBuild(version.trim())) ?? []
  const isEarly = /^[._-]?(a|alpha|b|beta|c|rc|pre|preview|dev)/i.test(rest)
  return { release: numbers.split('.').map(Number), isEarly }
}
