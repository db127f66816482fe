/** Finds pictures that look alike among a hundred thousand without comparing each with each. */
import { LIKENESS_DIGITS, LIKENESS_LIMITS } from './likeness.ts'

/** Of each picture: signs of the brightness, signs of the colours, then red, green and blue. */
const [SIGNS, COLOURS, MEAN] = LIKENESS_DIGITS.map((digits) => digits / 2) as [number, number, number]
const BYTES = SIGNS + COLOURS + MEAN

/** Null for what `measureLikeness` did not make. */
export function parseLikeness(text: string): Uint8Array | null {
  if (text.length !== BYTES * 2 || !/^[0-9a-f]*$/.test(text)) return null
  return Uint8Array.from({ length: BYTES }, (_, byte) =>
    Number.parseInt(text.slice(byte * 2, byte * 2 + 2), 16),
  )
}

/** Whether two pictures are, to all appearances, one. */
export function isAlike(one: Uint8Array, other: Uint8Array): boolean {
  return lookAlike(Buffer.concat([one, other]), 0, 1)
}

/** Each byte is paired with this many of those behind it. */
const PARTNERS = 3
/** In a crowd of pictures that agree, each is compared with so many of the first. */
const MAX_CROWD = 64

/**
 * Calls `found(first, second)` for places of pictures that look alike, `first < second`, a pair perhaps more than once.
 *
 * Pictures are compared when they agree in all 16 bits of some two bytes. There are 96 such pairs of bytes: of pictures with
 * 20 different bits practically none is missed, with 36 one in two hundred.
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
  /** Where each begins. */
  readonly one: number
  readonly other: number
  readonly count: number
  readonly limit: number
}

/** How many bits differ; ends early with some number above the limit. */
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
