/** Finds pictures that look alike among a hundred thousand without comparing each with each. */
import { MAX_COLOUR_STEP, MAX_DIFFERENT_BITS } from './likeness.ts'

/** 32 bytes of signs, then red, green and blue, for each picture. */
const SIGNS = 32
const BYTES = SIGNS + 3

/** Null for what `measureLikeness` did not make. */
export function parseLikeness(text: string): Uint8Array | null {
  if (!/^[0-9a-f]{70}$/.test(text)) return null
  return Uint8Array.from({ length: BYTES }, (_, byte) =>
    Number.parseInt(text.slice(byte * 2, byte * 2 + 2), 16),
  )
}

/** How many of the 256 bits differ; Infinity where the colours are too far apart to be those of one picture. */
export function compareLikeness(a: Uint8Array, b: Uint8Array): number {
  const both = Buffer.concat([a, b])
  const bits = countDifferent(both, 0, 1, Infinity)
  return haveLikeColours(both, 0, 1) ? bits : Infinity
}

/** Each byte is paired with this many of those behind it. */
const PARTNERS = 3
/** In a crowd of pictures that agree, each is compared with so many of the first. */
const MAX_CROWD = 64

/**
 * Calls `found(first, second)` for places of pictures that look alike, `first < second`, a pair perhaps more than once.
 *
 * Pictures are compared when they agree in all 16 bits of some two bytes. There are 96 such pairs of bytes: of pictures with
 * 20 different bits practically none is missed, with 40 one in a hundred.
 */
export function findAlike(
  likenesses: readonly Uint8Array[],
  found: (first: number, second: number) => void,
): void {
  const count = likenesses.length
  const bytes = new Uint8Array(count * BYTES)
  likenesses.forEach((likeness, place) => bytes.set(likeness, place * BYTES))
  if (count <= FEW) return compareAll(bytes, count, found)
  const sorted = new Int32Array(count)
  for (let one = 0; one < SIGNS; one++) {
    for (let away = 1; away <= PARTNERS; away++) {
      const starts = sortByBytes(bytes, [one, (one + away) % SIGNS], sorted)
      for (let value = 0; value + 1 < starts.length; value++)
        compareCrowd({ bytes, sorted, from: starts[value]!, to: starts[value + 1]! }, found)
    }
  }
}

/** So few are compared each with each: that misses none, and the tables would take longer. */
const FEW = 1000

function compareAll(bytes: Uint8Array, count: number, found: (first: number, second: number) => void): void {
  for (let second = 1; second < count; second++)
    for (let first = 0; first < second; first++) if (lookAlike(bytes, first, second)) found(first, second)
}

/** Sorts places by the 16 bits, in order where these are equal. Gives where each value begins. */
function sortByBytes(bytes: Uint8Array, [one, other]: [number, number], sorted: Int32Array): Int32Array {
  const next = new Int32Array((1 << 16) + 1)
  const key = (place: number): number => (bytes[place * BYTES + one]! << 8) | bytes[place * BYTES + other]!
  for (let place = 0; place < sorted.length; place++) next[key(place) + 1]!++
  for (let value = 0; value < 1 << 16; value++) next[value + 1]! += next[value]!
  const starts = next.slice()
  for (let place = 0; place < sorted.length; place++) sorted[next[key(place)]!++] = place
  return starts
}

interface Crowd {
  readonly bytes: Uint8Array
  readonly sorted: Int32Array
  readonly from: number
  readonly to: number
}

function compareCrowd(
  { bytes, sorted, from, to }: Crowd,
  found: (first: number, second: number) => void,
): void {
  for (let second = from + 1; second < to; second++) {
    const last = Math.min(second, from + MAX_CROWD)
    for (let first = from; first < last; first++) {
      const [a, b] = [sorted[first]!, sorted[second]!]
      if (lookAlike(bytes, a, b)) found(a, b)
    }
  }
}

function lookAlike(bytes: Uint8Array, a: number, b: number): boolean {
  return (
    countDifferent(bytes, a, b, MAX_DIFFERENT_BITS) <= MAX_DIFFERENT_BITS && haveLikeColours(bytes, a, b)
  )
}

const ONES = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length)

/** Ends early with some number above `limit`. */
function countDifferent(bytes: Uint8Array, a: number, b: number, limit: number): number {
  let bits = 0
  for (let byte = 0; byte < SIGNS && bits <= limit; byte++)
    bits += ONES[bytes[a * BYTES + byte]! ^ bytes[b * BYTES + byte]!]!
  return bits
}

function haveLikeColours(bytes: Uint8Array, a: number, b: number): boolean {
  for (let byte = SIGNS; byte < BYTES; byte++)
    if (Math.abs(bytes[a * BYTES + byte]! - bytes[b * BYTES + byte]!) > MAX_COLOUR_STEP) return false
  return true
}
