/**
 * Finds out what colour space a PNG declares. Its chunks are consulted in the priority order of the PNG specification (third
 * edition). Pure.
 */
import { deflateSync, inflateSync } from 'node:zlib'
import { D65, SRGB_CHROMATICITIES, type Chromaticities } from './chromaticities.ts'
import { formatIccProfile } from './format-icc-profile.ts'
import { isSrgbProfile } from './icc-profile.ts'
import { formatPngChunk, PNG_SIGNATURE, readPngChunks, type PngChunk } from './png-chunks.ts'

export type PngColours =
  /** The values are sRGB. `hidesProfile`: the file also holds an ICC profile, which a chunk of higher priority overrides. */
  | { readonly kind: 'srgb'; readonly hidesProfile: boolean }
  /** The values follow an ICC profile; `profile` is null when it is the one embedded in the file. */
  | { readonly kind: 'profile'; readonly profile: Buffer | null }
  | { readonly kind: 'problem'; readonly problem: string }

const SRGB: PngColours = { kind: 'srgb', hidesProfile: false }

/** Chunks that declare a colour space. */
const COLOUR_CHUNKS = ['cICP', 'iCCP', 'sRGB', 'gAMA', 'cHRM']

export function planPngColours(png: Buffer): PngColours {
  const chunks = new Map<string, Buffer>()
  for (const { type, data } of readPngChunks(png)) {
    if (type === 'IDAT') break
    chunks.set(type, data)
  }
  const isGrey = ((chunks.get('IHDR')?.[9] ?? 0) & 2) === 0
  const [profile, points] = [chunks.get('iCCP'), chunks.get('cICP')]
  const named =
    points === undefined ? null : planCodePoints(points, { isGrey, hasProfile: profile !== undefined })
  if (named !== null) return named
  if (profile !== undefined) return holdsSrgb(profile) ? SRGB : { kind: 'profile', profile: null }
  return chunks.has('sRGB') ? SRGB : planGamma(chunks.get('gAMA'), chunks.get('cHRM'), isGrey)
}

/**
 * Returns true when the embedded profile is sRGB. An iCCP chunk holds a name, a zero, the compression method and the compressed
 * profile.
 */
function holdsSrgb(data: Buffer): boolean {
  try {
    return isSrgbProfile(inflateSync(data.subarray(data.indexOf(0) + 2), { maxOutputLength: 4_000_000 }))
  } catch {
    return false
  }
}

interface Kind {
  readonly isGrey: boolean
  readonly hasProfile: boolean
}

/** Code points of ITU-T H.273 for colour primaries; below them those for transfer functions. */
const PRIMARIES: Readonly<Record<number, Chromaticities>> = {
  1: SRGB_CHROMATICITIES,
  9: {
    white: D65,
    primaries: [
      [0.708, 0.292],
      [0.17, 0.797],
      [0.131, 0.046],
    ],
  },
  12: {
    white: D65,
    primaries: [
      [0.68, 0.32],
      [0.265, 0.69],
      [0.15, 0.06],
    ],
  },
}
const SRGB_CURVE = [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045]
const CURVES: Readonly<Record<number, readonly number[]>> = { 4: [2.2], 5: [2.8], 8: [1], 13: SRGB_CURVE }
const HDR: Readonly<Record<number, string>> = { 16: 'PQ', 18: 'HLG' }

/** Returns null when the code points are unknown; then the chunks of lower priority decide. */
function planCodePoints(
  [primaries, transfer, , range]: Buffer,
  { isGrey, hasProfile }: Kind,
): PngColours | null {
  const [chromaticities, curve] = [PRIMARIES[primaries!], CURVES[transfer!]]
  const hdr = HDR[transfer!]
  if (hdr !== undefined && !hasProfile)
    return {
      kind: 'problem',
      problem: `its brightness is HDR (${hdr}); save it as an ordinary picture (SDR)`,
    }
  if (chromaticities === undefined || curve === undefined || range !== 1) return null
  const colours = describe(isGrey ? null : chromaticities, curve)
  return colours.kind === 'srgb' ? { ...colours, hidesProfile: hasProfile } : colours
}

/** 1 / 2.2 in units of 1/100,000: the gAMA value that programs write when they mean sRGB. */
const SRGB_GAMMA = 45455
/** A gamma that differs by 2 % changes no value by more than 2 levels of 255. */
const GAMMA_TOLERANCE = 0.02

function planGamma(gamma: Buffer | undefined, places: Buffer | undefined, isGrey: boolean): PngColours {
  const given = gamma?.length === 4 ? gamma.readUInt32BE(0) : SRGB_GAMMA
  const isUsual = given === 0 || Math.abs(given / SRGB_GAMMA - 1) <= GAMMA_TOLERANCE
  const chromaticities = places?.length === 32 ? readPlaces(places) : SRGB_CHROMATICITIES
  return describe(isGrey ? null : chromaticities, isUsual ? SRGB_CURVE : [100_000 / given])
}

/** Reads a cHRM chunk: white, red, green, blue. */
function readPlaces(data: Buffer): Chromaticities {
  const read = (index: number): [number, number] => [
    data.readUInt32BE(8 * index) / 100_000,
    data.readUInt32BE(8 * index + 4) / 100_000,
  ]
  return { white: read(0), primaries: [read(1), read(2), read(3)] }
}

/** Numbers that describe no valid colours are ignored; the picture then counts as sRGB. */
function describe(chromaticities: Chromaticities | null, curve: readonly number[]): PngColours {
  if (chromaticities === null && curve === SRGB_CURVE) return SRGB
  const profile = formatIccProfile({ chromaticities, curve })
  return profile === null || isSrgbProfile(profile) ? SRGB : { kind: 'profile', profile }
}

/** Returns the same picture with its colour chunks replaced by this profile; with none, when `profile` is null. */
export function replacePngColours(png: Buffer, profile: Buffer | null): Buffer {
  const [head, ...rest] = [...readPngChunks(png)].filter(({ type }) => !COLOUR_CHUNKS.includes(type)) as [
    PngChunk,
    ...PngChunk[],
  ]
  const embedded = profile === null ? [] : formatPngChunk('iCCP', Buffer.concat([NAME, deflateSync(profile)]))
  return Buffer.concat([PNG_SIGNATURE, head.whole, ...embedded, ...rest.map(({ whole }) => whole)])
}

/** Head of an iCCP chunk: the profile's name, a zero, and 0 for deflate. */
const NAME = Buffer.from('declared\0\0', 'latin1')
