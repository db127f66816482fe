/** Writes a minimal ICC profile (version 4) that describes a picture's colours. Pure. */
import { adaptPrimaries, D50, type Chromaticities, type Triple } from './chromaticities.ts'

export interface ProfileDescription {
  /** Null for a greyscale picture. */
  readonly chromaticities: Chromaticities | null
  /** Either [exponent], or [exponent, a, b, c, d] for a curve with a straight line near black. */
  readonly curve: readonly number[]
}

/** Number of parameters → ICC function type of a parametric curve ('para'). */
const KINDS: Readonly<Record<number, number>> = { 1: 0, 5: 3 }
const HEADER_BYTES = 128

/** Returns null when the numbers describe no valid colours. */
export function formatIccProfile({ chromaticities, curve }: ProfileDescription): Buffer | null {
  const primaries = chromaticities && adaptPrimaries(chromaticities)
  const numbers = [...(primaries ?? []).flat(), ...curve]
  if (!numbers.every((value) => Math.abs(value) < LARGEST)) return null
  const curveTag = tag('para', [u16(KINDS[curve.length]!), u16(0), ...curve.map(fixed)])
  const names = primaries === null ? ['kTRC'] : ['rTRC', 'gTRC', 'bTRC']
  const tags: [name: string, bytes: Buffer][] = [
    ['wtpt', xyz(D50)],
    ...names.map((name): [string, Buffer] => [name, curveTag]),
    ...(primaries ?? []).map((each, index): [string, Buffer] => [
      ['rXYZ', 'gXYZ', 'bXYZ'][index]!,
      xyz(each),
    ]),
  ]
  let at = HEADER_BYTES + 4 + 12 * tags.length
  const directory = tags.map(([name, { length }]) => {
    const entry = Buffer.concat([Buffer.from(name, 'latin1'), u32(at), u32(length)])
    at += length
    return entry
  })
  return Buffer.concat([
    header(at, primaries === null ? 'GRAY' : 'RGB '),
    u32(tags.length),
    ...directory,
    ...tags.map(([, bytes]) => bytes),
  ])
}

/** Limit of ICC's s15Fixed16 numbers: 16 bits before the binary point and 16 after it. */
const LARGEST = 32768

function header(sizeBytes: number, space: string): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES)
  bytes.writeUInt32BE(sizeBytes, 0)
  bytes.writeUInt32BE(0x04300000, 8)
  bytes.write(`mntr${space}XYZ `, 12, 'latin1')
  bytes.write('acsp', 36, 'latin1')
  Buffer.concat(D50.map(fixed)).copy(bytes, 68)
  return bytes
}

function xyz(point: Triple): Buffer {
  return tag('XYZ ', point.map(fixed))
}

function tag(type: string, values: readonly Buffer[]): Buffer {
  return Buffer.concat([Buffer.from(type, 'latin1'), u32(0), ...values])
}

function fixed(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(Math.round(value * 65536))
  return bytes
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value)
  return bytes
}
