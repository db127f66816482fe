/** Parses ICC profiles that consist of three primaries and three tone curves, and compares their colours with sRGB. Pure. */
import type { Triple } from './chromaticities.ts'
import { parseIccCurve, type IccCurve } from './icc-curve.ts'
import { encodeSrgb, XYZ_TO_SRGB } from './srgb-light.ts'

export interface IccMatrixProfile {
  /** XYZ of red, green and blue under D50. */
  readonly primaries: readonly Triple[]
  /** Tone curves of red, green and blue: device value (0 to 1) → linear light. */
  readonly curves: readonly IccCurve[]
}

const HEADER_BYTES = 128
const TAG_BYTES = 12
/** Real profiles have about 20 tags. */
const MAX_TAGS = 1000

/** Offset of a tag's values: they follow the 4-byte type and 4 reserved bytes. */
const VALUE = 8

/**
 * Returns null when the profile is damaged, is not RGB, or has lookup tables (colour management prefers tables to primaries).
 */
export function parseIccProfile(profile: Uint8Array): IccMatrixProfile | null {
  try {
    return readProfile(new DataView(profile.buffer, profile.byteOffset, profile.byteLength))
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

function readProfile(view: DataView): IccMatrixProfile | null {
  if (readName(view, 36) !== 'acsp' || readName(view, 16) !== 'RGB ' || readName(view, 20) !== 'XYZ ')
    return null
  const tags = readTags(view)
  if (TABLES.some((name) => tags.has(name))) return null
  const primaries = ['rXYZ', 'gXYZ', 'bXYZ'].map((name) => readPrimary(tags.get(name)))
  const curves = ['rTRC', 'gTRC', 'bTRC'].map((name) => parseIccCurve(tags.get(name)))
  return primaries.every((each) => each !== null) && curves.every((each) => each !== null)
    ? { primaries, curves }
    : null
}

/** Lookup tables from device to profile connection space, one for each rendering intent. */
const TABLES = ['A2B0', 'A2B1', 'A2B2', 'D2B0', 'D2B1', 'D2B2', 'D2B3']

function readTags(view: DataView): Map<string, DataView> {
  const count = Math.min(MAX_TAGS, view.getUint32(HEADER_BYTES))
  const tags = new Map<string, DataView>()
  for (let index = 0; index < count; index++) {
    const at = HEADER_BYTES + 4 + index * TAG_BYTES
    const [offset, size] = [view.getUint32(at + 4), view.getUint32(at + 8)]
    if (offset + size > view.byteLength) throw new RangeError('the tag is cut short')
    tags.set(readName(view, at), new DataView(view.buffer, view.byteOffset + offset, size))
  }
  return tags
}

function readPrimary(tag: DataView | undefined): Triple | null {
  if (tag === undefined || readName(tag, 0) !== 'XYZ ') return null
  const [x, y, z] = [0, 4, 8].map((at) => tag.getInt32(VALUE + at) / 65536)
  return [x!, y!, z!]
}

function readName(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((index) => view.getUint8(at + index)))
}

/**
 * Largest colour difference, in levels of 0 to 255, at which a profile counts as sRGB. Common sRGB profiles differ from each
 * other by as much.
 */
const TOLERANCE = 2

/** Returns true when the profile's colours are sRGB's, whatever its name says. */
export function isSrgbProfile(profile: Uint8Array): boolean {
  const parsed = parseIccProfile(profile)
  return parsed !== null && measureSrgbError(parsed) <= TOLERANCE
}

/** Returns the largest difference from sRGB in levels of 0 to 255, over a 6×6×6 grid of colours and all 256 greys. */
export function measureSrgbError({ primaries, curves }: IccMatrixProfile): number {
  const light = curves.map((curve) => LEVELS.map((level) => curve(level / 255)))
  let worst = 0
  const compare = (...levels: Triple): void => {
    const xyz = [0, 1, 2].map((axis) =>
      levels.reduce((sum, level, channel) => sum + light[channel]![level]! * primaries[channel]![axis]!, 0),
    )
    for (const [channel, [x, y, z]] of XYZ_TO_SRGB.entries()) {
      const found = encodeSrgb(Math.min(1, x * xyz[0]! + y * xyz[1]! + z * xyz[2]!))
      worst = Math.max(worst, Math.abs(Math.max(0, found) - levels[channel]!))
    }
  }
  for (const level of LEVELS) compare(level, level, level)
  for (const red of GRID) for (const green of GRID) for (const blue of GRID) compare(red, green, blue)
  return worst
}

const LEVELS = Array.from({ length: 256 }, (_, level) => level)
const GRID = LEVELS.filter((level) => level % 51 === 0)
