/**
 * Tells how complete a progressive JPEG is. Its data come in scans, from coarse to fine, and a cut file may end after any of
 * them. Pure.
 */

const [SOS, PROGRESSIVE] = [0xda, 0xc2]
const LAST_COEFFICIENT = 63

/**
 * Returns true when the last brightness scan has begun: what is missing after it is hardly visible. Always true for JPEGs that
 * are not progressive; a cut one lacks whole rows instead.
 */
export function hasFinestScan(bytes: Uint8Array): boolean {
  let isProgressive = false
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff;) {
    const marker = bytes[at + 1]!
    const end = at + 2 + ((bytes[at + 2]! << 8) | bytes[at + 3]!)
    if (marker === PROGRESSIVE) isProgressive = true
    if (marker === SOS && !isProgressive) return true
    if (marker === SOS && isFinest(bytes.subarray(at + 4, end))) return true
    at = marker === SOS ? findMarker(bytes, end) : end
  }
  return !isProgressive
}

/**
 * Reads a scan header: number of components, their ids and tables, first and last coefficient, successive approximation (high
 * nibble: previous bit, low nibble: this bit).
 */
function isFinest(header: Uint8Array): boolean {
  const [count = 0, component] = header
  const last = header[2 + 2 * count]
  const bits = header[3 + 2 * count] ?? 0xff
  // Brightness is the first component; its id is 1, or 0 in some old files.
  return count === 1 && (component === 1 || component === 0) && last === LAST_COEFFICIENT && (bits & 15) === 0
}

/** Returns the position of the next marker; skips stuffed zeros and restart markers. */
function findMarker(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1] ?? 0
    if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at
  }
  return bytes.length
}
