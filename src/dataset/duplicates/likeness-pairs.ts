/** Finds similar pictures among a hundred thousand without comparing every pair. */
import { LIKENESS_DIGITS, LIKENESS_LIMITS } from './likeness.ts'

/** Bytes of each picture's hash: signs of the brightness, signs of the colours, then mean red, green and blue. */
const [SIGNS, COLOURS, MEAN] = LIKENESS_DIGITS.map((digits) => digits / 2) as [number, number, number]
const BYTES = SIGNS + COLOURS + MEAN

export function isLikeness(text: string): boolean {
  return text.length === BYTES * 2 && /^[0-9a-f]*$/.test(text)
}

/** Returns true when two pictures are near-duplicates. */
export function isAlike(one: string, other: string): boolean {
  return lookAlike(packLikenesses([one, other]), 0, 1)
}

/** Packs all hashes into one buffer: many small buffers would take several times the memory. */
function packLikenesses(likenesses: readonly string[]): Buffer {
  const bytes = Buffer.alloc(likenesses.length * BYTES)
  likenesses.forEach((likeness, place) => bytes.write(likeness, place * BYTES, 'hex'))
  return bytes
}

/** Each byte is paired with each of the next three. */
const PARTNERS = 3
/** Among pictures that agree in two bytes, each is compared with at most this many. */
const MAX_CROWD = 64

/**
 * Calls `found(first, second)` with the indexes of similar pictures, `first < second`; a pair may be reported more than once.
 * Two pictures are compared when they agree in all 16 bits of one of 96 pairs of bytes. Of pictures that differ in 20 bits
 * practically none is missed; of those that differ in 36 bits, one in two hundred.
 */
export function findAlike(
  likenesses: readonly string[],
  found: (first: number, second: number) => void,
): void {
  const count = likenesses.length
  const bytes = packLikenesses(likenesses)
  if (count <= FEW) return compareAll(bytes, count, found)
  const table = {
    starts: new Int32Array(VALUES + 1),
    next: new Int32Array(VALUES),
    sorted: new Int32Array(count),
  }
  for (let one = 0; one < SIGNS; one++) {
    for (let away = 1; away <= PARTNERS; away++) {
      sortByBytes(bytes, [one, (one + away) % SIGNS], table)
      for (let value = 0; value < VALUES; value++) compareCrowd(bytes, value, table, found)
    }
  }
}

/** Up to this many pictures are compared pairwise: that misses none and is faster than building the tables. */
const FEW = 1000

function compareAll(bytes: Uint8Array, count: number, found: (first: number, second: number) => void): void {
  for (let second = 1; second < count; second++)
    for (let first = 0; first < second; first++) if (lookAlike(bytes, first, second)) found(first, second)
}

/** Number of values of two bytes. */
const VALUES = 1 << 16

interface Table {
  /** Index in `sorted` at which each value begins; the last element is the end. */
  readonly starts: Int32Array
  /** Index in `sorted` for the next picture of each value. */
  readonly next: Int32Array
  /** Picture indexes, sorted by the value of the two bytes; equal values keep their order. */
  readonly sorted: Int32Array
}

function sortByBytes(
  bytes: Uint8Array,
  [one, other]: [number, number],
  { starts, next, sorted }: Table,
): void {
  const key = (place: number): number => (bytes[place * BYTES + one]! << 8) | bytes[place * BYTES + other]!
  starts.fill(0)
  for (let place = 0; place < sorted.length; place++) starts[key(place) + 1]!++
  for (let value = 0; value < VALUES; value++) starts[value + 1]! += starts[value]!
  next.set(starts.subarray(0, VALUES))
  for (let place = 0; place < sorted.length; place++) sorted[next[key(place)]!++] = place
}

function compareCrowd(
  bytes: Uint8Array,
  value: number,
  { starts, sorted }: Table,
  found: (first: number, second: number) => void,
): void {
  const [from, to] = [starts[value]!, starts[value + 1]!]
  for (let second = from + 1; second < to; second++) {
    const last = Math.min(second, from + MAX_CROWD)
    for (let first = from; first < last; first++) {
      const [a, b] = [sorted[first]!, sorted[second]!]
      if (lookAlike(bytes, a, b)) found(a, b)
    }
  }
}

function lookAlike(bytes: Uint8Array, a: number, b: number): boolean {
  const { brightness, brightnessAlone, colours } = LIKENESS_LIMITS
  const [one, other] = [a * BYTES, b * BYTES]
  const bits = countDifferent(bytes, { one, other, count: SIGNS, limit: brightness })
  if (bits > brightness || !haveLikeMean(bytes, one, other)) return false
  const [oneColours, otherColours] = [one + SIGNS, other + SIGNS]
  if (bits > brightnessAlone && isGrey(bytes, oneColours) && isGrey(bytes, otherColours)) return false
  const span = { one: oneColours, other: otherColours, count: COLOURS, limit: colours }
  return countDifferent(bytes, span) <= colours
}

const ONES = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length)

interface Spans {
  /** Offsets of the two hashes in `bytes`. */
  readonly one: number
  readonly other: number
  readonly count: number
  readonly limit: number
}

/** Returns the number of different bits; stops early with some number above the limit. */
function countDifferent(bytes: Uint8Array, { one, other, count, limit }: Spans): number {
  let bits = 0
  for (let byte = 0; byte < count && bits <= limit; byte++)
    bits += ONES[bytes[one + byte]! ^ bytes[other + byte]!]!
  return bits
}

function haveLikeMean(bytes: Uint8Array, one: number, other: number): boolean {
  for (let byte = SIGNS + COLOURS; byte < BYTES; byte++)
    if (Math.abs(bytes[one + byte]! - bytes[other + byte]!) > LIKENESS_LIMITS.mean) return false
  return true
}

function isGrey(bytes: Uint8Array, colours: number): boolean {
  for (let byte = 0; byte < COLOURS; byte++) if (bytes[colours + byte] !== 0) return false
  return true
}
